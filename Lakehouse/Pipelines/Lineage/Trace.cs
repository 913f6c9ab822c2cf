namespace Lakehouse.Pipelines.Lineage;

/// <summary>What an expression is made of. Values: nothing changes one once it is made.</summary>
internal sealed class Trace
{
    readonly Dictionary<LineageColumn, HashSet<Transformation>> origins;

    Trace(Dictionary<LineageColumn, HashSet<Transformation>> origins, string? unknown)
    {
        this.origins = origins;
        Unknown = unknown;
    }

    /// <summary>Of a constant.</summary>
    public static Trace None { get; } = new([], null);

    /// <summary>Why it is not known, or not in full.</summary>
    public string? Unknown { get; }

    public static Trace Of(LineageColumn column) => new(new() { [column] = [new Transformation(IsDirect: true, "IDENTITY")] }, null);

    public static Trace NotKnown(string reason) => new([], reason);

    public static Trace Union(params IEnumerable<Trace> traces)
    {
        var all = traces.ToList();
        if (all is [var only])
        {
            return only;
        }

        var origins = new Dictionary<LineageColumn, HashSet<Transformation>>();
        foreach (var (column, how) in all.SelectMany(t => t.origins))
        {
            (origins.TryGetValue(column, out var known) ? known : origins[column] = []).UnionWith(how);
        }

        return origins.Count == 0 && all.TrueForAll(t => t.Unknown is null) ? None : new Trace(origins, all.Select(t => t.Unknown).FirstOrDefault(u => u is not null));
    }

    /// <summary>As a value that was computed from it.</summary>
    public Trace Computed(bool masking = false) =>
        Map(how => how.IsDirect ? how with { Subtype = how.Subtype == "AGGREGATION" ? how.Subtype : "TRANSFORMATION", IsMasking = how.IsMasking || masking } : how);

    /// <summary>As an aggregate of it.</summary>
    public Trace Aggregated() => Map(how => how.IsDirect ? how with { Subtype = "AGGREGATION" } : how);

    /// <summary>As what only decides about something.</summary>
    public Trace Deciding(string subtype) => Map(how => how.IsDirect ? new Transformation(IsDirect: false, subtype) : how);

    public IReadOnlyList<ColumnSource> Sources => [.. origins
        .OrderBy(o => o.Key.Table.Namespace, StringComparer.Ordinal).ThenBy(o => o.Key.Table.Name, StringComparer.Ordinal).ThenBy(o => o.Key.Column, StringComparer.Ordinal)
        .Select(o => new ColumnSource(o.Key, [.. o.Value.OrderBy(t => !t.IsDirect).ThenBy(t => t.Subtype, StringComparer.Ordinal).ThenBy(t => t.IsMasking)]))];

    public bool SameAs(Trace other) => Unknown == other.Unknown && origins.Count == other.origins.Count && origins.All(o => other.origins.TryGetValue(o.Key, out var how) && how.SetEquals(o.Value));

    Trace Map(Func<Transformation, Transformation> change) => origins.Count == 0 ? this : new(origins.ToDictionary(o => o.Key, o => o.Value.Select(change).ToHashSet()), Unknown);
}

/// <summary>A column of a relation; the name is null where only the database knows it.</summary>
internal sealed record TracedColumn(string? Name, Trace Trace);

/// <summary>Rows that a query reads or gives: their columns, and what decided about which rows they are.</summary>
/// <param name="Columns">The columns; null when not even their names are known.</param>
/// <param name="Rows">What decided about the rows.</param>
/// <param name="Unknown">Why columns are not known.</param>
internal sealed record Relation(IReadOnlyList<TracedColumn>? Columns, Trace Rows, string? Unknown = null)
{
    /// <summary>Of what gives columns that are not known, it is not known either what decides about its rows.</summary>
    public static Relation NotKnown(string reason, Trace? rows = null) => new(null, Trace.Union(rows ?? Trace.None, Trace.NotKnown(reason)), reason);

    public TracedColumn? Find(string name) => Columns?.FirstOrDefault(c => name.Equals(c.Name, StringComparison.OrdinalIgnoreCase));

    public Relation Named(IReadOnlyList<string> names) => names.Count == 0 || Columns is null ? this : this with { Columns = [.. Columns.Select((c, i) => i < names.Count ? c with { Name = names[i] } : c)] };
}
