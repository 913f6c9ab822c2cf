using System.Text;
using Lakehouse.Engine.Results;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>
/// Z-order over columns of any type that has an order: each value becomes its rank among the quantiles of a sample, 0 (also of null) to 255, and the bits of the ranks are interleaved. The rank comes of a tree of
/// comparisons whose leaves are the spread bits already, so that a row costs eight comparisons a column.
/// </summary>
internal static class ZOrder
{
    const int RankBits = 8;
    const int MaxColumns = 63 / RankBits;
    const int SampleRows = 100_000;
    const int BoundaryLength = 64;

    /// <summary>The terms of an ORDER BY over the rows of some files.</summary>
    /// <param name="connection">Connection to look at the sample with.</param>
    /// <param name="from">The rows, for a FROM clause.</param>
    /// <param name="columns">Columns to cluster by, as the rows name them.</param>
    /// <param name="table">Name of the table, for errors.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<string> TermsAsync(
        DuckDbConnection connection, string from, IReadOnlyList<NestedField> columns, string table, CancellationToken cancellationToken)
    {
        if (columns.Count > MaxColumns)
        {
            throw LakehouseException.Unsupported($"Unsupported: table {table} is to be clustered by {columns.Count} columns, and {MaxColumns} are possible.");
        }

        foreach (var column in columns.Where(column => column.Type is not PrimitiveType))
        {
            throw LakehouseException.Unsupported($"Unsupported: table {table} is to be clustered by {column.Name}, which is {column.Type}.");
        }

        var names = columns.Select(column => SqlText.Identifier(column.Name)).ToArray();
        var boundaries = await BoundariesAsync(connection, from, columns, cancellationToken);
        var ranks = columns.Select((column, index) => Tree(names[index], boundaries[index], column.Type, index, columns.Count));
        return $"({string.Join(" | ", ranks)}), {names[0]}";
    }

    /// <summary>The names in files of the columns that a table names.</summary>
    public static IReadOnlyList<string> PhysicalNames(Schema schema, Schema fileSchema, IReadOnlyList<string> names, string table) =>
    [
        .. names.Select(name => schema.Fields.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } column
            ? fileSchema.Fields.Single(field => field.Id == column.Id).Name
            : throw LakehouseException.InvalidData($"Table {table} is to be clustered by {name}, which is none of its columns.")),
    ];

    static async Task<string[][]> BoundariesAsync(DuckDbConnection connection, string from, IReadOnlyList<NestedField> columns, CancellationToken cancellationToken)
    {
        var points = string.Join(", ", Enumerable.Range(1, (1 << RankBits) - 1).Select(i => $"{SqlText.Literal(i)} / {SqlText.Literal(1 << RankBits)}.0::DOUBLE"));
        var names = columns.Select(column => SqlText.Identifier(column.Name)).ToArray();
        var quantiles = columns.Select((column, index) => $"CAST(list_sort(list_distinct(quantile_disc({Cut(names[index], column.Type)}, [{points}]))) AS VARCHAR[])");
        var sql = $"SELECT {string.Join(", ", quantiles)} FROM (SELECT {string.Join(", ", names)} FROM {from} USING SAMPLE reservoir({SqlText.Literal(SampleRows)} ROWS) REPEATABLE (1))";
        await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        var boundaries = names.Select(_ => Array.Empty<string>()).ToArray();
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var column = 0; column < names.Length && batch.RowCount > 0; column++)
                {
                    var (start, count) = batch.Columns[column].IsNull(0) ? (0, 0) : batch.Columns[column].List(0);
                    boundaries[column] = [.. Enumerable.Range(start, count).Select(i => Scalars.Get<string>(batch.Columns[column].Child(0), i)).OfType<string>().Where(text => !text.Contains('\0'))];
                }
            }
        }

        return boundaries;
    }

    /// <summary>A boundary need only be near its quantile: long values are cut.</summary>
    static string Cut(string column, IcebergType type) =>
        type == IcebergType.String ? $"left({column}, {SqlText.Literal(BoundaryLength)})"
        : type == IcebergType.Binary ? $"left(hex({column}), {SqlText.Literal(BoundaryLength)})"
        : column;

    static string Tree(string column, string[] boundaries, IcebergType type, int index, int count)
    {
        var text = new StringBuilder($"CASE WHEN {column} IS NULL THEN 0::BIGINT ELSE ");
        Add(0, boundaries.Length);
        return text.Append(" END").ToString();

        void Add(int low, int high)
        {
            if (low == high)
            {
                // Few distinct values have few boundaries, and still as much of a say as other columns.
                text.Append(SqlText.Literal(Spread(boundaries.Length == 0 ? 0 : low * ((1 << RankBits) - 1) / boundaries.Length, index, count))).Append("::BIGINT");
                return;
            }

            var middle = (low + high) / 2;
            text.Append("CASE WHEN ").Append(column).Append(" < ").Append(Boundary(boundaries[middle])).Append(" THEN ");
            Add(low, middle);
            text.Append(" ELSE ");
            Add(middle + 1, high);
            text.Append(" END");
        }

        string Boundary(string value) => type == IcebergType.Binary ? $"from_hex({SqlText.Literal(value)})" : $"CAST({SqlText.Literal(value)} AS {Scans.SqlTypes.Of(type)})";
    }

    static long Spread(int rank, int index, int count)
    {
        long spread = 0;
        for (var bit = 0; bit < RankBits; bit++)
        {
            spread |= (long)((rank >> bit) & 1) << ((bit * count) + (count - 1 - index));
        }

        return spread;
    }
}
