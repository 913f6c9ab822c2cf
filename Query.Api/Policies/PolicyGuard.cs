using Lakehouse.Engine;

namespace LakeAspire.Query.Policies;

/// <summary>A column as it is seen.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">DuckDB's type; null when it is not known, then a mask's value keeps its own.</param>
/// <param name="Mask">An expression that is seen instead; null when the column itself is.</param>
internal sealed record GuardColumn(string Name, string? Type, string? Mask);

/// <summary>A column as filter and masks know it.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Source">Its name in the state of the table that is read; null when that has no such column, which then is null.</param>
/// <param name="Type">DuckDB's type.</param>
internal sealed record PolicyColumn(string Name, string? Source, string? Type);

/// <summary>
/// Row filter and masks around a table, as a relation that nothing of a query reaches below. A view alone would be no wall: DuckDB moves conditions of the query down to the scan and runs them in whichever order is fastest, so that
/// one that fails on some value would tell of rows that nobody was to see. It may not move any below a LIMIT, whatever its number, since that would change results; this is the wall.
/// What fails within filter or mask gives null and so hides: its message could quote a value.
/// </summary>
/// <param name="table">The table's own name, which the expressions may put before a column.</param>
/// <param name="columns">Columns as they are seen.</param>
/// <param name="known">Columns as the expressions know them.</param>
/// <param name="filter">Rows for which it is true are seen; null = all.</param>
internal sealed class PolicyGuard(string table, IReadOnlyList<GuardColumn> columns, IReadOnlyList<PolicyColumn> known, string? filter)
{
    // Names of columns within, which no expression can name by chance.
    readonly string mark = Guid.NewGuid().ToString("N")[..12];

    public bool HasFilter => filter is not null;

    /// <summary>The masked columns.</summary>
    public IReadOnlyList<string> Masked { get; } = [.. columns.Where(column => column.Mask is not null).Select(column => column.Name)];

    /// <summary>A query that gives what may be seen of a relation.</summary>
    public string Around(string relation) => Select(relation, filter is null ? "" : $" WHERE TRY((\n{filter}\n))") + Wall.Limit;

    /// <summary>The same without the wall, to be planned over an empty relation: which files may hold visible rows. Masked values stay out of sight: nothing follows from them.</summary>
    public string Planned(string relation) => Select(relation, filter is null ? "" : $" WHERE (\n{filter}\n)");

    string Select(string relation, string where)
    {
        var seen = columns.Select((column, i) => $"{(column.Mask is null ? Inner(i) : column.Type is null ? $"TRY((\n{column.Mask}\n))" : $"TRY(CAST((\n{column.Mask}\n) AS {column.Type}))")} AS {SqlText.Identifier(column.Name)}");
        var inside = known.Select(column => column.Source is null ? $"CAST(NULL AS {column.Type}) AS {SqlText.Identifier(column.Name)}" : $"{SqlText.Identifier(column.Source)} AS {SqlText.Identifier(column.Name)}")
            .Concat(columns.Select((column, i) => $"{SqlText.Identifier(column.Name)} AS {Inner(i)}"));
        return $"SELECT {string.Join(", ", seen)} FROM (SELECT {string.Join(", ", inside)} FROM {relation} AS r_{mark}) AS {SqlText.Identifier(table)}{where}";
    }

    string Inner(int column) => $"c{column}_{mark}";
}

/// <summary>What DuckDB's optimizer moves nothing across.</summary>
internal static class Wall
{
    /// <summary>No relation has more rows.</summary>
    public const string Limit = " LIMIT 9223372036854775807";

    /// <summary>Optimizers that are off for statements with a wall: they tell by time, or by an empty plan, what lies in files behind it.</summary>
    public const string DisabledOptimizers = "statistics_propagation,join_filter_pushdown,late_materialization,sampling_pushdown";
}
