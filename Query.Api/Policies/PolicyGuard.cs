using Lakehouse.Engine;

namespace LakeAspire.Query.Policies;

/// <summary>A column as it is seen.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mask">What is seen instead; null when the column itself is.</param>
internal sealed record GuardColumn(string Name, ColumnMask? Mask);

/// <summary>A column as filters and masks know it.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Source">SQL of its value in the relation that is read.</param>
internal sealed record PolicyColumn(string Name, string Source);

/// <summary>
/// Row filters and masks around a table, as a relation that nothing of a query reaches below. A view alone would be no wall: DuckDB moves conditions of the query down to the scan and runs them in whichever order is fastest, so that
/// one that fails on some value would tell of rows that nobody was to see. It may not move any below a LIMIT, whatever its number, since that would change results; this is the wall.
/// What fails within a filter or mask gives null and so hides: its message could quote a value.
/// </summary>
/// <param name="columns">Columns as they are seen.</param>
/// <param name="known">Columns as the expressions know them.</param>
/// <param name="filters">Rows for which all of them are true are seen.</param>
internal sealed class PolicyGuard(IReadOnlyList<GuardColumn> columns, IReadOnlyList<PolicyColumn> known, IReadOnlyList<string> filters)
{
    // Names of columns within, which no expression can name by chance.
    readonly string mark = Mark();

    public bool HasFilter => filters.Count > 0;

    /// <summary>The masked columns, and those of which a part is.</summary>
    public IReadOnlyList<string> Masked { get; } = [.. columns.Where(column => column.Mask is not null).Select(column => column.Name)];

    /// <summary>A part of a name that nothing else has.</summary>
    public static string Mark() => Guid.NewGuid().ToString("N")[..12];

    /// <summary>A query that gives what may be seen of a relation.</summary>
    public string Around(string relation) => Select(relation, filter => $"TRY((\n{filter}\n))") + Wall.Limit;

    /// <summary>The same without the wall, to be planned over an empty relation: which files may hold visible rows. Masked values stay out of sight: nothing follows from them.</summary>
    public string Planned(string relation) => Select(relation, filter => $"(\n{filter}\n)");

    string Select(string relation, Func<string, string> condition)
    {
        var seen = columns.Select((column, i) => $"{column.Mask?.Sql(Inner(i)) ?? Inner(i)} AS {SqlText.Identifier(column.Name)}");
        var inside = known.Select(column => $"{column.Source} AS {SqlText.Identifier(column.Name)}").Concat(columns.Select((column, i) => $"{SqlText.Identifier(column.Name)} AS {Inner(i)}"));
        var where = filters.Count == 0 ? "" : " WHERE " + string.Join(" AND ", filters.Select(condition));
        return $"SELECT {string.Join(", ", seen)} FROM (SELECT {string.Join(", ", inside)} FROM {relation} AS r_{mark}) AS t_{mark}{where}";
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
