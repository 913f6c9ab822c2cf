namespace Lakehouse.Pipelines.Lineage;

/// <summary>The relations of a FROM clause, and what its joins say about rows.</summary>
/// <param name="Items">The relations, in their order.</param>
/// <param name="Using">Columns that USING or NATURAL made one of.</param>
/// <param name="Rows">What decides about the rows, but for what the relations say of themselves.</param>
internal sealed record FromClause(IReadOnlyList<ScopeItem> Items, IReadOnlyList<TracedColumn> Using, Trace Rows)
{
    public static FromClause Empty { get; } = new([], [], Trace.None);

    public static FromClause Of(ScopeItem item) => new([item], [], Trace.None);

    public Scope Scope(Scope? outer) => new(Items, outer) { Using = Using };

    /// <summary>Names of all columns that can be told.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Using.Select(c => c.Name).Concat(Items.SelectMany(i => (i.Relation.Columns ?? []).Where(c => !i.Merged.Contains(c.Name ?? "")).Select(c => c.Name))).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Both sides of a join. Of a semi-join only the left one is seen afterwards, of the other all.</summary>
    public (FromClause All, FromClause Seen, IReadOnlyList<Trace> Keys, IReadOnlyList<ScopeItem> Hidden) With(FromClause right, IReadOnlyList<string> shared, string? type)
    {
        var keys = shared.Select(name => (Name: name, Left: Scope(null).Resolve([name]), Right: right.Scope(null).Resolve([name]))).ToList();
        var merged = keys.Select(k => new TracedColumn(k.Name, type switch
        {
            "RIGHT" => k.Right,
            "OUTER" or "FULL" => Trace.Union(k.Left, k.Right).Computed(),
            _ => k.Left,
        })).ToList();
        var isOneSided = type is "SEMI" or "ANTI";
        var names = shared.ToHashSet(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<ScopeItem> items = [.. Items.Concat(right.Items).Select(i => names.Count == 0 ? i : i with { Merged = i.Merged.Union(names, StringComparer.OrdinalIgnoreCase).ToHashSet(StringComparer.OrdinalIgnoreCase) })];
        var all = new FromClause(items, [.. Using.Where(c => !names.Contains(c.Name!)), .. right.Using.Where(c => !names.Contains(c.Name!)), .. merged], Trace.None);
        return (all, isOneSided ? this : all, [.. keys.SelectMany(k => (Trace[])[k.Left, k.Right])], isOneSided ? right.Items : []);
    }
}
