using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Scanning;

public sealed class ScanPlannerTests
{
    private readonly MemoryStore store = new();
    private readonly SnapshotContext context = SnapshotContext.Random(TimeProvider.System);

    [Fact]
    public async Task Files_come_in_the_order_of_the_manifests_however_many_are_read_at_once()
    {
        var table = await TableOfAsync(20);
        var manifests = await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!);
        var expected = new List<string>();
        foreach (var manifest in manifests)
        {
            expected.AddRange(await ManifestReader.ReadAsync(store, manifest, table).Select(entry => entry.DataFile.FilePath).ToListAsync());
        }

        Assert.Equal(20, expected.Count);
        Assert.Equal(expected, await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!).Select(file => file.File.FilePath).ToListAsync());
    }

    [Fact]
    public async Task Who_stops_early_or_cancels_leaves_nothing_running()
    {
        var table = await TableOfAsync(20);
        await foreach (var file in ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!))
        {
            Assert.NotNull(file);
            break;
        }

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!, cancellationToken: cancelled.Token).CountAsync());
    }

    [Fact]
    public async Task A_missing_manifest_is_named()
    {
        var table = await TableOfAsync(6);
        var manifest = (await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!))[3].ManifestPath;
        await store.DeleteAsync(manifest);
        var error = await Assert.ThrowsAsync<LakehouseException>(async () => await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!).CountAsync());
        Assert.Equal(LakehouseErrorKind.NotFound, error.Kind);
        Assert.Contains(manifest, error.Message, StringComparison.Ordinal);
    }

    private async Task<TableMetadata> TableOfAsync(int commits)
    {
        var table = Tables.Unpartitioned();
        for (var i = 0; i < commits; i++)
        {
            table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [Tables.File($"f{i}")], new Dictionary<string, string>(), context), i);
        }

        return table;
    }
}
