using Lakehouse.Engine;
using Lakehouse.Formats.Columns;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>Casts the columns of a query whose types results don't have: intervals, nanoseconds and the like become text; in Parquet, where DuckDB writes 128-bit integers as doubles, those become decimals.</summary>
internal static class TableTypes
{
    static readonly string[] TextOnly = ["INTERVAL", "TIMESTAMP_NS", "TIME WITH TIME ZONE", "TIME_NS", "BIT", "UNION", "VARIANT", "GEOMETRY", "BIGNUM"];

    /// <summary>The query itself, or around it a SELECT that casts.</summary>
    public static async Task<string> CastedAsync(DuckDbConnection connection, string sql, bool forParquet, CancellationToken cancellationToken)
    {
        var select = StatementText.WithoutTerminator(sql);
        var items = new List<string>();
        var needed = false;
        await using var description = await connection.QueryAsync($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM (\n{select}\n))", cancellationToken: cancellationToken);
        await foreach (var batch in description.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    var (name, type) = (Text(batch.Columns[0], row), Text(batch.Columns[1], row));
                    var castTo = CastOf(type, forParquet);
                    needed |= castTo is not null;
                    items.Add(castTo is null ? $"#{items.Count + 1}" : $"CAST(#{items.Count + 1} AS {castTo}) AS {SqlText.Identifier(name)}");
                }
            }
        }

        return needed ? $"SELECT {string.Join(", ", items)} FROM (\n{select}\n)" : select;
    }

    static string? CastOf(string type, bool forParquet)
    {
        if (TextOnly.Any(name => HasType(type, name)))
        {
            return "VARCHAR";
        }

        return forParquet && HasType(type, "HUGEINT") && !type.Contains('"', StringComparison.Ordinal)
            ? type.Replace("UHUGEINT", "HUGEINT", StringComparison.Ordinal).Replace("HUGEINT", "DECIMAL(38,0)", StringComparison.Ordinal)
            : null;
    }

    /// <summary>Whether a type's text names a type, itself or within. A field that is named so costs a cast to text, and nothing else.</summary>
    static bool HasType(string type, string name)
    {
        for (var at = type.IndexOf(name, StringComparison.Ordinal); at >= 0; at = type.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            var begins = at == 0 || !char.IsLetterOrDigit(type[at - 1]) || name == "HUGEINT";
            if (begins && (end == type.Length || !(char.IsLetterOrDigit(type[end]) || type[end] == '_')))
            {
                return true;
            }
        }

        return false;
    }

    static string Text(ColumnVector column, int row) => System.Text.Encoding.UTF8.GetString(column.Bytes(row));
}
