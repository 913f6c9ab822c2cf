using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Tables.Upkeep;

namespace Lakehouse.Tables.Tests.RowChanges;

/// <summary>Erasure: rows go from main's files, and every snapshot that holds them is named.</summary>
public sealed class ErasureTests(PostgresServer postgres)
{
    const string Rows = "SELECT i::INTEGER AS id, 'n' || i AS name FROM range({0}, {1}) r(i)";

    [Theory]
    [InlineData(2, "copy-on-write")]
    [InlineData(2, "merge-on-read")]
    [InlineData(3, "merge-on-read")]
    public async Task Snapshots_that_hold_the_rows_are_named_and_purged(int version, string mode)
    {
        await using var lab = await RowLab.StartAsync(postgres);
        await lab.CreateAsync(version, mode, null, null, string.Format(null, Rows, 0, 10), string.Format(null, Rows, 10, 20));
        await lab.DeleteAsync("id = 15");
        var before = (await lab.Lake.Lake.LoadTableAsync(lab.Table)).Metadata;
        await lab.ChangeAsync((transaction, table) =>
        {
            transaction.UpdateRefs(table, refs => refs.CreateTag("audit", before.Snapshots[1].SnapshotId));
            return Task.FromResult<RowChangeResult?>(null);
        });

        // Users have a key of their own, and it is enough.
        var lake = new Lake(new CatalogClient(lab.Lake.Server.Client(CatalogServer.UserKey)), lab.Lake.Server.Store);
        var report = await Erasure.RunAsync(lake, lab.Connection, lab.Table, "id BETWEEN 14 AND 16", "test");
        Assert.Equal(2, report.Deleted);
        Assert.Equal([before.Snapshots[1], before.Snapshots[2]], before.Snapshots.Where(snapshot => report.Holding.Any(held => held.SnapshotId == snapshot.SnapshotId)));
        Assert.Equal(["audit"], report.Holding[0].Refs);
        Assert.Equal(report.Holding, report.Remaining);
        Assert.Equal(17, (await lab.RowsAsync()).Count);
        Assert.Empty((await lab.FilesAsync()).SelectMany(file => file.Deletes));

        // Nothing is expired that can't be deleted: nobody would find it again.
        await using (var others = new FileHold(lake, lab.Table))
        {
            await others.TakeAsync(TestContext.Current.CancellationToken);
            var busy = await Assert.ThrowsAsync<LakehouseException>(() => Erasure.RunAsync(lake, lab.Connection, lab.Table, "id BETWEEN 14 AND 16", "test", purge: true));
            Assert.Equal(LakehouseErrorKind.Conflict, busy.Kind);
        }

        var purged = await Erasure.RunAsync(lake, lab.Connection, lab.Table, "id BETWEEN 14 AND 16", "test", purge: true);
        Assert.Equal((0, before.Snapshots[1].SnapshotId), (purged.Deleted, Assert.Single(purged.Remaining).SnapshotId));
        Assert.Equal(before.Snapshots[2].SnapshotId, Assert.Single(purged.Purged).SnapshotId);
        await lab.ChangeAsync((transaction, table) =>
        {
            transaction.UpdateRefs(table, refs => refs.Remove("audit"));
            return Task.FromResult<RowChangeResult?>(null);
        });
        Assert.Empty((await Erasure.RunAsync(lake, lab.Connection, lab.Table, "id BETWEEN 14 AND 16", "test", purge: true)).Remaining);
        foreach (var file in (await lab.Lake.ObjectsAsync()).Where(location => location.EndsWith(".parquet", StringComparison.Ordinal) && !location.Contains("deletes", StringComparison.Ordinal)))
        {
            Assert.Equal(0L, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM read_parquet({SqlText.Literal(Storage.LocalPath.FromLocation(file))}) WHERE id BETWEEN 14 AND 16"));
        }
    }
}
