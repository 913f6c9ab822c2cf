namespace Lakehouse.Pipelines.Lineage;

/// <summary>A table as SQL names it.</summary>
/// <param name="Namespace">Its namespace (SQL's schema).</param>
/// <param name="Name">Its name.</param>
public sealed record LineageTable(string Namespace, string Name);

/// <summary>A column of a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column's name.</param>
public sealed record LineageColumn(LineageTable Table, string Column);

/// <summary>How a column takes part in another, in OpenLineage's words.</summary>
/// <param name="IsDirect">Whether its values do; otherwise they only decide about rows, groups or order.</param>
/// <param name="Subtype">Direct: <c>IDENTITY</c>, <c>TRANSFORMATION</c>, <c>AGGREGATION</c>; else <c>JOIN</c>, <c>GROUP_BY</c>, <c>FILTER</c>, <c>SORT</c>, <c>WINDOW</c>, <c>CONDITIONAL</c>.</param>
/// <param name="IsMasking">Whether its values cannot be told from the result, as by a hash.</param>
public sealed record Transformation(bool IsDirect, string Subtype, bool IsMasking = false);

/// <summary>A column of a query's result, and what it is made of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sources">The columns that it is made of, ordered by name; none for a constant.</param>
/// <param name="Untraced">Why that is not known; null when it is.</param>
public sealed record ColumnSources(string Name, IReadOnlyList<ColumnSource> Sources, string? Untraced);

/// <summary>A column that another is made of.</summary>
/// <param name="Column">The column.</param>
/// <param name="Transformations">How.</param>
public sealed record ColumnSource(LineageColumn Column, IReadOnlyList<Transformation> Transformations);

/// <summary>What a query reads, and what each column of its result is made of.</summary>
/// <param name="Tables">Tables that it reads, ordered by name.</param>
/// <param name="Columns">The columns of the result, in their order.</param>
/// <param name="Rows">Columns that decide which rows there are, or in which order.</param>
public sealed record ModelLineage(IReadOnlyList<LineageTable> Tables, IReadOnlyList<ColumnSources> Columns, IReadOnlyList<ColumnSource> Rows)
{
    /// <summary>Why it is not known, or not in full, what decides about the rows; null when it is.</summary>
    public string? RowsUntraced { get; init; }
}
