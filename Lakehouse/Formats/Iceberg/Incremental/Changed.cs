using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Files of incremental plans, in the form of a scan's.</summary>
internal static class Changed
{
    public static bool IsLiveData(ManifestFile manifest) => manifest.Content == ManifestContent.Data && manifest.MayHaveLiveFiles;

    public static ScanFile File(TableMetadata metadata, ManifestEntry entry, DeleteIndex? deletes)
    {
        Encryption.Refuse(entry.DataFile);
        var number = entry.SequenceNumber ?? 0;
        return new ScanFile(entry.DataFile, number, entry.FileSequenceNumber ?? number, entry.SnapshotId, Spec(metadata, entry.DataFile), deletes?.For(entry.DataFile, number) ?? []);
    }

    public static async Task<DeleteIndex> DeletesAsync(IObjectStore store, TableMetadata metadata, IReadOnlyList<ManifestFile> manifests, CancellationToken cancellationToken)
    {
        var index = new DeleteIndex();
        var own = manifests.Where(manifest => manifest.Content == ManifestContent.Deletes && manifest.MayHaveLiveFiles);
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, own, cancellationToken).ConfigureAwait(false))
        {
            Encryption.Refuse(entry.DataFile);
            index.Add(entry.DataFile, entry.SequenceNumber ?? 0, Spec(metadata, entry.DataFile));
        }

        return index;
    }

    private static PartitionSpec Spec(TableMetadata metadata, DataFile file) =>
        metadata.SpecById(file.SpecId) ?? throw LakehouseException.InvalidData($"{file.FilePath}: the table has no partition spec {file.SpecId}");
}
