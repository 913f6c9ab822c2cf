using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>The schema of a query's result, to create a table for it.</summary>
public static class SchemaInference
{
    /// <summary>
    /// Plans the query without running it. All columns are optional; ids are 1, 2, … with top-level columns first. Integers of 64 bits without sign become decimal(20, 0), of 128 bits decimal(38, 0), enums and JSON string.
    /// </summary>
    /// <exception cref="LakehouseException">A column has no name or its type is none that a table has.</exception>
    public static async Task<Schema> InferAsync(DuckDbConnection connection, string select, CancellationToken cancellationToken = default)
    {
        var columns = await ColumnsAsync(connection, select, cancellationToken);
        return FreshIds.Assign(new Schema(0, [.. columns.Select((column, index) => new NestedField(index + 1, column.Name, false, column.Type))]));
    }

    internal static async Task<IReadOnlyList<ResultColumn>> ColumnsAsync(DuckDbConnection connection, string select, CancellationToken cancellationToken)
    {
        await using var result = await connection.QueryAsync($"SELECT * FROM (\n{select}\n) AS q LIMIT 0", cancellationToken: cancellationToken);
        return result.Columns;
    }
}
