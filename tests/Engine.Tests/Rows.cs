using System.Text;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests;

/// <summary>Results as objects, which only tests want: lists as object?[], structs as object?[] by position, maps as (key, value) pairs.</summary>
internal static class Rows
{
    public static async Task<List<object?[]>> RowsAsync(this DuckDbConnection connection, string sql, params object?[] parameters)
    {
        await using var result = await connection.QueryAsync(sql, parameters, TestContext.Current.CancellationToken);
        return await result.RowsAsync();
    }

    public static async Task<object?> ValueAsync(this DuckDbConnection connection, string sql, params object?[] parameters) =>
        (await connection.RowsAsync(sql, parameters)).Single().Single();

    public static async Task<List<object?[]>> RowsAsync(this DuckDbResult result)
    {
        var rows = new List<object?[]>();
        await foreach (var batch in result.ReadAsync(TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add([.. batch.Columns.Select(column => ValueOf(column, row))]);
                }
            }
        }

        return rows;
    }

    static object? ValueOf(ColumnVector column, int row)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        switch (column.Type)
        {
            case ListType:
                var (start, length) = column.List(row);
                return Enumerable.Range(start, length).Select(i => ValueOf(column.Child(0), i)).ToArray();
            case MapType:
                var (first, count) = column.List(row);
                return Enumerable.Range(first, count).Select(i => (object?)(ValueOf(column.Child(0), i), ValueOf(column.Child(1), i))).ToArray();
            case StructType { Fields: var fields }:
                return fields.Select((_, i) => ValueOf(column.Child(i), row)).ToArray();
            case DecimalType:
                return column.Values<Int128>()[row];
            case FixedType:
                return column.Bytes(row).ToArray();
            default:
                return column.Type.ToString() switch
                {
                    "boolean" => column.Values<byte>()[row] != 0,
                    "int" or "date" => column.Values<int>()[row],
                    "long" or "time" or "timestamp" or "timestamptz" => column.Values<long>()[row],
                    "float" => column.Values<float>()[row],
                    "double" => column.Values<double>()[row],
                    "uuid" => column.Values<Guid>()[row],
                    "string" => Encoding.UTF8.GetString(column.Bytes(row)),
                    _ => column.Bytes(row).ToArray(),
                };
        }
    }
}
