using Lakehouse.Engine.Results;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>The NaNs of files that have some. The writer says whether there are any, but not how many; these columns alone are looked at again, while the files are still staged.</summary>
internal static class NanCounts
{
    /// <returns>Counts by path of the file and field id. Columns within lists and maps are not counted.</returns>
    public static async Task<IReadOnlyDictionary<(string Path, int FieldId), long>> ReadAsync(
        DuckDbConnection connection, Schema schema, IReadOnlyList<WrittenFile> files, CancellationToken cancellationToken)
    {
        var leaves = FieldIds.Leaves(schema);
        var counts = new Dictionary<(string, int), long>();
        foreach (var group in files.SelectMany(file => file.Columns.Where(column => column.Value.GetValueOrDefault("has_nan") == "true").Select(column => (file.Path, Column: column.Key)))
            .Where(item => leaves.TryGetValue(item.Column, out var leaf) && !leaf.Repeated)
            .GroupBy(item => leaves[item.Column].FieldId, item => item.Path))
        {
            var column = ColumnAccess.Find(schema, group.Key)!.Value.Sql;
            await using var result = await connection.QueryAsync(
                $"SELECT filename, count(*) FROM read_parquet({SqlText.Literal(group)}, filename = true, hive_partitioning = false) WHERE isnan({column}) GROUP BY filename", cancellationToken: cancellationToken);
            await foreach (var batch in result.ReadAsync(cancellationToken))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.RowCount; row++)
                    {
                        counts[(Scalars.Get<string>(batch.Columns[0], row)!, group.Key)] = Scalars.Get<long>(batch.Columns[1], row);
                    }
                }
            }
        }

        return counts;
    }
}
