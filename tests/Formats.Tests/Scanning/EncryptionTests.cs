using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Scanning;

/// <summary>Encrypted tables are refused by name before any row is read.</summary>
public sealed class EncryptionTests
{
    private static readonly TableMetadata Table = Tables.Unpartitioned();

    [Fact]
    public async Task Encrypted_manifest_lists_manifests_and_files_are_refused()
    {
        var store = new MemoryStore();
        var snapshot = new Snapshot { SnapshotId = 1, SequenceNumber = 1, TimestampMs = 1, ManifestList = "memory://lake/list" };
        Assert.Contains("key \"k\"", await RefusedAsync(store, snapshot with { KeyId = "k" }), StringComparison.Ordinal);

        var writer = new ManifestWriter(Table, Table.DefaultSpec, ManifestContent.Data, 1);
        writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("secret") with { KeyMetadata = [1] }));
        var manifest = writer.Finish("memory://lake/m", 1);
        store["memory://lake/m"] = manifest.Bytes;
        store["memory://lake/list"] = ManifestListWriter.Write(snapshot, [manifest.File]);
        Assert.Contains("secret.parquet: it is encrypted", await RefusedAsync(store, snapshot), StringComparison.Ordinal);

        store["memory://lake/list"] = ManifestListWriter.Write(snapshot, [manifest.File with { KeyMetadata = [2] }]);
        Assert.Contains("manifest memory://lake/m: it is encrypted", await RefusedAsync(store, snapshot), StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(MemoryStore store, Snapshot snapshot)
    {
        var error = await Assert.ThrowsAsync<LakehouseException>(async () => await ScanPlanner.PlanFilesAsync(store, Table, snapshot).ToListAsync());
        Assert.Equal(LakehouseErrorKind.Unsupported, error.Kind);
        return error.Message;
    }
}
