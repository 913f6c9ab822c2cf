namespace Lakehouse.Tables;

/// <summary>
/// A merge of a query's rows into a table. SQL texts name the table <c>target</c> and the query <c>source</c>. A source row that matches several target rows acts on each; two source rows that match the same target row are
/// an error where the statement has a clause for matched rows. Of the clauses of a kind the first whose condition holds acts on a row, if any.
/// </summary>
public sealed record MergeStatement
{
    /// <summary>The query that gives the source's rows; it is run once.</summary>
    public required string Source { get; init; }

    /// <summary>Columns that target and source have in common, by whose equality rows match (null matches nothing); instead of <see cref="On"/>.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Condition under which rows match, as SQL over <c>target</c> and <c>source</c>; together with <see cref="Keys"/> both must hold.</summary>
    public string? On { get; init; }

    /// <summary>What to do with which rows.</summary>
    public required IReadOnlyList<MergeClause> Clauses { get; init; }

    /// <summary>Rows with the same keys are updated, all others inserted.</summary>
    public static MergeStatement Upsert(string source, params IReadOnlyList<string> keys) => new() { Source = source, Keys = keys, Clauses = [MergeClause.MatchedUpdate(), MergeClause.NotMatchedInsert()] };
}

/// <summary>Which rows a clause is for.</summary>
public enum MergeRows
{
    /// <summary>Target rows with a source row: WHEN MATCHED.</summary>
    Matched,

    /// <summary>Source rows without a target row: WHEN NOT MATCHED.</summary>
    NotMatched,

    /// <summary>Target rows without a source row: WHEN NOT MATCHED BY SOURCE.</summary>
    NotMatchedBySource,
}

/// <summary>What a clause does.</summary>
public enum MergeAction
{
    /// <summary>Columns get new values.</summary>
    Update,

    /// <summary>The row goes.</summary>
    Delete,

    /// <summary>A row comes.</summary>
    Insert,

    /// <summary>Nothing; later clauses don't act on the row either.</summary>
    Nothing,
}

/// <summary>A clause of a merge.</summary>
/// <param name="Rows">Which rows it is for.</param>
/// <param name="Action">What it does.</param>
/// <param name="Condition">Further condition, as SQL; null = none.</param>
/// <param name="Values">Values by column as SQL, for updates and inserts; null = every column takes the source's of that name.</param>
public sealed record MergeClause(MergeRows Rows, MergeAction Action, string? Condition = null, IReadOnlyDictionary<string, string>? Values = null)
{
    /// <summary>WHEN MATCHED … THEN UPDATE.</summary>
    public static MergeClause MatchedUpdate(IReadOnlyDictionary<string, string>? values = null, string? condition = null) => new(MergeRows.Matched, MergeAction.Update, condition, values);

    /// <summary>WHEN MATCHED … THEN DELETE.</summary>
    public static MergeClause MatchedDelete(string? condition = null) => new(MergeRows.Matched, MergeAction.Delete, condition);

    /// <summary>WHEN NOT MATCHED … THEN INSERT.</summary>
    public static MergeClause NotMatchedInsert(IReadOnlyDictionary<string, string>? values = null, string? condition = null) => new(MergeRows.NotMatched, MergeAction.Insert, condition, values);

    /// <summary>WHEN NOT MATCHED BY SOURCE … THEN UPDATE.</summary>
    public static MergeClause NotMatchedBySourceUpdate(IReadOnlyDictionary<string, string> values, string? condition = null) => new(MergeRows.NotMatchedBySource, MergeAction.Update, condition, values);

    /// <summary>WHEN NOT MATCHED BY SOURCE … THEN DELETE.</summary>
    public static MergeClause NotMatchedBySourceDelete(string? condition = null) => new(MergeRows.NotMatchedBySource, MergeAction.Delete, condition);
}
