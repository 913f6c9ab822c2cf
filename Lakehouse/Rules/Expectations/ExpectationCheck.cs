namespace Lakehouse.Rules.Expectations;

/// <summary>An expectation compiled to DuckDB's SQL. Closed.</summary>
/// <param name="Expectation">What it checks.</param>
public abstract record ExpectationCheck(Expectation Expectation);

/// <summary>A check of each row.</summary>
/// <param name="Expectation">What it checks.</param>
/// <param name="Holds">A boolean expression over the row that is FALSE where the row breaks the rule, and else TRUE or NULL.</param>
/// <param name="Observed">An expression of type VARCHAR: what was found, for people; NULL for nothing to show.</param>
public sealed record RowCheck(Expectation Expectation, string Holds, string Observed) : ExpectationCheck(Expectation)
{
    /// <summary>A boolean expression that says whether the row breaks the rule; never NULL.</summary>
    public string Broken => Expectation.Where is { } where ? $"(coalesce(({where}), false) AND ({Holds}) IS FALSE)" : $"(({Holds}) IS FALSE)";
}

/// <summary>A check of the table as a whole, by one aggregate over its rows.</summary>
/// <param name="Expectation">What it checks.</param>
/// <param name="Query">Of a relation's name or query in brackets: a SELECT of one row with <c>holds</c> (BOOLEAN) and <c>observed</c> (VARCHAR); <c>holds</c> is NULL where there is nothing to judge.</param>
public sealed record TableCheck(Expectation Expectation, Func<string, string> Query) : ExpectationCheck(Expectation);

/// <summary>A check of the columns: no row is read.</summary>
/// <param name="Expectation">What it checks.</param>
/// <param name="Judge">Of the columns with their DuckDB types, and those of the version before (null: there was none): what is wrong, or null.</param>
public sealed record SchemaCheck(Expectation Expectation, Func<IReadOnlyList<(string Name, string Type)>, IReadOnlyList<(string Name, string Type)>?, string?> Judge) : ExpectationCheck(Expectation);
