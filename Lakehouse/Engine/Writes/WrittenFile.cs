using Lakehouse.Engine.Results;
using Lakehouse.Formats.Columns;

namespace Lakehouse.Engine.Writes;

/// <summary>What COPY … (RETURN_STATS) says of a file.</summary>
/// <param name="Path">Local path.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Columns">Texts by statistic (<c>min</c>, <c>max</c>, <c>null_count</c>, …) by path of the column.</param>
internal sealed record WrittenFile(string Path, long Rows, long Bytes, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Columns)
{
    public static async Task<IReadOnlyList<WrittenFile>> ReadAsync(DuckDbConnection connection, string copy, CancellationToken cancellationToken)
    {
        var files = new List<WrittenFile>();
        await using var result = await connection.QueryAsync(copy, cancellationToken: cancellationToken);
        var position = result.Columns.Select((column, index) => (column.Name, index)).ToDictionary(c => c.Name, c => c.index, StringComparer.Ordinal);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    files.Add(new WrittenFile(
                        Scalars.Get<string>(batch.Columns[position["filename"]], row)!,
                        (long)Scalars.Get<Int128>(batch.Columns[position["count"]], row),
                        (long)Scalars.Get<Int128>(batch.Columns[position["file_size_bytes"]], row),
                        Statistics(batch.Columns[position["column_statistics"]], row)));
                }
            }
        }

        return files;
    }

    static Dictionary<string, IReadOnlyDictionary<string, string>> Statistics(ColumnVector map, int row) =>
        Entries(map, row).ToDictionary(
            entry => entry.Key,
            entry => (IReadOnlyDictionary<string, string>)Entries(map.Child(1), entry.Index)
                .Where(inner => !map.Child(1).Child(1).IsNull(inner.Index))
                .ToDictionary(inner => inner.Key, inner => Scalars.Get<string>(map.Child(1).Child(1), inner.Index)!, StringComparer.Ordinal),
            StringComparer.Ordinal);

    static IEnumerable<(string Key, int Index)> Entries(ColumnVector map, int row)
    {
        var (start, count) = map.List(row);
        return Enumerable.Range(start, count).Select(index => (Scalars.Get<string>(map.Child(0), index)!, index));
    }
}
