namespace Lakehouse.Tables;

/// <summary>A change of rows in SQL, before it is known which rows it concerns.</summary>
/// <param name="Operation">Kind of change, as the table's properties name it: delete, update, merge.</param>
sealed record ChangePlan(string Operation)
{
    /// <summary>Query that gives the source's rows; null when there is none.</summary>
    public string? Source { get; init; }

    /// <summary>Whether a column of the source that the table lacks is an error; else it is there for the conditions.</summary>
    public bool TakesAllSourceColumns { get; init; }

    /// <summary>Condition under which a source row and a target row match; null when the source has no matches.</summary>
    public string? On { get; init; }

    /// <summary>Locations of files to write again even when none of their live rows changes.</summary>
    public IReadOnlySet<string> Rewrites { get; init; } = new HashSet<string>();

    /// <summary>Condition of the target rows that <see cref="TargetClauses"/> act on; of all rows, or of those without a source row when <see cref="On"/> is given.</summary>
    public string? Where { get; init; }

    /// <summary>Columns whose values name a row in messages.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>What happens to target rows with a source row.</summary>
    public IReadOnlyList<MergeClause> MatchedClauses { get; init; } = [];

    /// <summary>What happens to target rows, or to those without a source row when <see cref="On"/> is given.</summary>
    public IReadOnlyList<MergeClause> TargetClauses { get; init; } = [];

    /// <summary>What becomes of source rows without a target row.</summary>
    public IReadOnlyList<MergeClause> InsertClauses { get; init; } = [];

    /// <summary>The clauses that act on target rows; a match has the index of its clause.</summary>
    public IReadOnlyList<MergeClause> Clauses => [.. MatchedClauses, .. TargetClauses];
}
