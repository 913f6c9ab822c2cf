using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Publishing;

/// <summary>ClickHouse's Delta reader as a referee of published tables: same rows as our Iceberg read.</summary>
internal sealed class Referee(ClickHouse clickHouse)
{
    /// <summary>Compares every version with its snapshot, by the columns that the published table has.</summary>
    public async Task SameRowsAsync(PublishLab lab, IReadOnlyList<Snapshot> snapshots)
    {
        for (var version = 0; version < snapshots.Count; version++)
        {
            await SameRowsAsync(lab, version, snapshots[version]);
        }
    }

    /// <summary>Compares one version with a snapshot.</summary>
    public async Task SameRowsAsync(PublishLab lab, long version, Snapshot snapshot)
    {
        var file = Path.Combine(lab.Root, $"referee-{Guid.NewGuid():N}.parquet");
        clickHouse.Query($"INSERT INTO FUNCTION file('{file}', 'Parquet') SELECT * FROM deltaLakeLocal('{lab.TableFolder}') SETTINGS delta_lake_snapshot_version = {version}, output_format_parquet_string_as_string = 1");
        var theirs = File.Exists(file) ? $"read_parquet('{file}')" : null;
        var ours = await lab.IcebergAsync(snapshot);
        var count = await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {ours}");
        if (theirs is null)
        {
            Assert.Equal(0, count);
            return;
        }

        var columns = await ColumnsAsync(lab, theirs);
        var types = (await ColumnsAsync(lab, ours)).ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        var left = string.Join(", ", columns.Select(c => SqlText.Identifier(c.Name)));
        var right = string.Join(", ", columns.Select(c => $"CAST({SqlText.Identifier(c.Name)} AS {types[c.Name]})"));
        Assert.Equal(count, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {theirs}"));
        Assert.Equal(0, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM ((SELECT {left} FROM {ours}) EXCEPT ALL (SELECT {right} FROM {theirs}))"));
    }

    static async Task<List<(string Name, string Type)>> ColumnsAsync(PublishLab lab, string relation)
    {
        var columns = new List<(string, string)>();
        await using var result = await lab.Connection.QueryAsync($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})");
        await foreach (var batch in result.ReadAsync())
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    columns.Add((System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row)), System.Text.Encoding.UTF8.GetString(batch.Columns[1].Bytes(row))));
                }
            }
        }

        return columns;
    }
}
