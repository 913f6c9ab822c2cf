using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Tests.RowChanges;

/// <summary>ClickHouse as a referee: it reads, at every snapshot, the rows that we read of tables changed in every way.</summary>
public sealed class RowRefereeTests(PostgresServer postgres)
{
    const string Rows = "SELECT i::INTEGER AS id, 'n' || i AS name, (i % 3)::INTEGER AS k, i / 8 AS d FROM range({0}, {1}) r(i)";

    static readonly PartitionSpec ByK = new(0, [new PartitionField(3, 1000, "k", Transform.Identity)]);

    // ClickHouse reads no deletion vectors: tables of version 3 are compared as far as copy-on-write goes.
    [Theory]
    [InlineData(2, "copy-on-write", false)]
    [InlineData(2, "copy-on-write", true)]
    [InlineData(2, "merge-on-read", false)]
    [InlineData(2, "merge-on-read", true)]
    [InlineData(3, "copy-on-write", true)]
    public async Task ClickHouse_reads_the_same_rows_at_every_snapshot(int version, string mode, bool partitioned)
    {
        await using var lab = await RowLab.StartAsync(postgres);
        using var clickHouse = new ClickHouse(LocalPath.FromLocation(lab.Lake.Server.Warehouse));
        var properties = new Dictionary<string, string> { ["lakeaspire.cluster-by"] = "id, name" };
        await lab.CreateAsync(version, mode, partitioned ? ByK : null, properties, string.Format(null, Rows, 0, 40), string.Format(null, Rows, 40, 80));
        await lab.DeleteAsync("id BETWEEN 8 AND 12");
        await lab.UpdateAsync("name", "upper(name)", "id % 7 = 0");
        await lab.MergeAsync(new MergeStatement
        {
            Source = string.Format(null, Rows, 70, 90),
            Keys = ["id"],
            Clauses = [MergeClause.MatchedDelete("target.id = 75"), MergeClause.MatchedUpdate(new Dictionary<string, string> { ["name"] = "'merged'" }), MergeClause.NotMatchedInsert(), MergeClause.NotMatchedBySourceDelete("target.id < 3")],
        });
        await lab.ChangeAsync(async (transaction, table) => await transaction.OverwriteWhereAsync(lab.Connection, table, "id >= 85", string.Format(null, Rows, 100, 105)));
        await lab.DeleteAsync("id >= 40 AND id < 80");
        if (mode == "copy-on-write")
        {
            await lab.ChangeAsync(async (transaction, table) => await transaction.ReplacePartitionsAsync(lab.Connection, table, string.Format(null, Rows, 200, 201)));
        }

        var loaded = await lab.Lake.Lake.LoadTableAsync(lab.Table);
        var folder = LocalPath.FromLocation(loaded.Location);
        var metadata = Path.GetRelativePath(folder, LocalPath.FromLocation(loaded.MetadataLocation!));
        Assert.True(loaded.Metadata.Snapshots.Count >= 7);
        foreach (var snapshot in loaded.Metadata.Snapshots)
        {
            // The rows come back as Parquet, to be compared as the engine compares.
            var file = Path.Combine(LocalPath.FromLocation(lab.Lake.Server.Warehouse), $"{snapshot.SnapshotId}.parquet");
            clickHouse.Query(
                $"INSERT INTO FUNCTION file('{file}', 'Parquet') SELECT * FROM icebergLocal('{folder}', settings iceberg_metadata_file_path = '{metadata}') SETTINGS iceberg_snapshot_id = {snapshot.SnapshotId}, output_format_parquet_string_as_string = 1");
            var ours = await lab.RelationAsync(snapshot);
            var theirs = $"(SELECT id, name, k, d FROM read_parquet({SqlText.Literal(file)}))";
            Assert.Equal(0L, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM ((FROM {ours} EXCEPT ALL FROM {theirs}) UNION ALL (FROM {theirs} EXCEPT ALL FROM {ours}))"));
            Assert.True(await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {theirs}") > 0);
        }
    }
}
