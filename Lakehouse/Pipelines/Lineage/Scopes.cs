namespace Lakehouse.Pipelines.Lineage;

/// <summary>The names that WITH gives, innermost first.</summary>
internal sealed record Names(string Name, Relation Relation, Names? Outer)
{
    public static Relation? Find(Names? names, string name)
    {
        for (; names is not null; names = names.Outer)
        {
            if (names.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return names.Relation;
            }
        }

        return null;
    }
}

/// <summary>A relation of a FROM clause under the name that it has there.</summary>
internal sealed record ScopeItem(string Alias, string? Schema, Relation Relation)
{
    /// <summary>Columns that USING or NATURAL took into another relation's: only a name with the relation's own before it means them.</summary>
    public IReadOnlySet<string> Merged { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>What names of columns mean within a SELECT, and beyond it where it is a subquery.</summary>
internal sealed class Scope(IReadOnlyList<ScopeItem> items, Scope? outer)
{
    static readonly HashSet<string> ValueFunctions = new(StringComparer.OrdinalIgnoreCase)
    {
        "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "current_role", "session_user", "user", "current_catalog", "current_schema",
    };

    /// <summary>Columns of USING, in the order in which <c>*</c> gives them: before all others.</summary>
    public IReadOnlyList<TracedColumn> Using { get; init; } = [];

    /// <summary>Other columns of the SELECT list by their alias, as far as they are known.</summary>
    public Dictionary<string, Trace> Aliases { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Scope? Outer => outer;

    public IReadOnlyList<ScopeItem> Items => items;

    /// <summary>What a name is made of: <c>column</c>, <c>table.column</c>, <c>schema.table.column</c>, each with fields of a struct after it.</summary>
    public Trace Resolve(IReadOnlyList<string> path, bool aliasesFirst = false)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.TryResolve(path, aliasesFirst && scope == this) is { } found)
            {
                return found;
            }
        }

        return path is [var name] && ValueFunctions.Contains(name) ? Trace.None : Trace.NotKnown($"it is not known where {string.Join('.', path)} comes from");
    }

    Trace? TryResolve(IReadOnlyList<string> path, bool aliasesFirst)
    {
        if (aliasesFirst && path is [var wanted] && Aliases.TryGetValue(wanted, out var first))
        {
            return first;
        }

        for (var qualifiers = Math.Min(path.Count - 1, 3); qualifiers >= 1; qualifiers--)
        {
            var (table, schema) = (path[qualifiers - 1], qualifiers >= 2 ? path[qualifiers - 2] : null);
            if (Item(table, schema) is { } item && (item.Relation.Columns is null ? Trace.NotKnown(item.Relation.Unknown!) : item.Relation.Find(path[qualifiers])?.Trace) is { } found)
            {
                return path.Count > qualifiers + 1 ? found.Computed() : found;
            }
        }

        if (Column(path[0]) is { } column)
        {
            return path.Count > 1 ? column.Computed() : column;
        }

        if (Aliases.TryGetValue(path[0], out var alias))
        {
            return path.Count > 1 ? alias.Computed() : alias;
        }

        // The name of a table alone is a row of it. A column of which only the database knows the name may be the one that is meant.
        return path.Count == 1 && Item(path[0], null) is { Relation.Columns: { } columns } ? Trace.Union(columns.Select(c => c.Trace)).Computed()
            : items.Any(i => i.Relation.Columns?.Any(c => c.Name is null) ?? false) ? Trace.NotKnown($"it is not known where {string.Join('.', path)} comes from")
            : null;
    }

    ScopeItem? Item(string alias, string? schema) => items.FirstOrDefault(i =>
        i.Alias.Equals(alias, StringComparison.OrdinalIgnoreCase) && (schema is null || (i.Schema?.Equals(schema, StringComparison.OrdinalIgnoreCase) ?? false)));

    Trace? Column(string name)
    {
        if (Using.FirstOrDefault(c => name.Equals(c.Name, StringComparison.OrdinalIgnoreCase)) is { } shared)
        {
            return shared.Trace;
        }

        var found = items.Where(i => !i.Merged.Contains(name)).Select(i => i.Relation.Find(name)).OfType<TracedColumn>().ToList();
        return found switch
        {
            [var one] => one.Trace,
            [] => items.FirstOrDefault(i => i.Relation.Columns is null) is { } hidden ? Trace.NotKnown(hidden.Relation.Unknown!) : null,
            _ => Trace.NotKnown($"several tables have a column {name}"),
        };
    }
}
