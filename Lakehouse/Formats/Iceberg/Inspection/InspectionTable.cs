namespace Lakehouse.Formats.Iceberg;

/// <summary>A table about a table, with the names and columns that engines show it under (<c>t.snapshots</c>, <c>t.files</c> and so on).</summary>
/// <param name="Name">Name.</param>
/// <param name="Columns">Columns in order.</param>
/// <param name="Rows">The rows, values in the order of the columns, boxed as <see cref="SingleValueJson"/> says.</param>
public sealed record InspectionTable(string Name, IReadOnlyList<NestedField> Columns, IAsyncEnumerable<IReadOnlyList<object?>> Rows);
