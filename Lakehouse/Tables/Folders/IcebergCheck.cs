using System.Runtime.CompilerServices;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Folders;

/// <summary>
/// Holds an Iceberg table's files against its metadata: of every snapshot that is still known. The totals of summaries are not looked at: they are hearsay, and writers that stage a snapshot
/// count from zero.
/// </summary>
internal sealed class IcebergCheck(LocatedTable table, ILocalFiles files)
{
    readonly FolderFiles folder = new(table.Store, table.Folder);
    readonly Dictionary<string, ManifestEntry> live = new(StringComparer.Ordinal);
    readonly HashSet<string> manifestsSeen = new(StringComparer.Ordinal);

    TableMetadata Metadata => table.Metadata;

    public async IAsyncEnumerable<TableFault> RunAsync(DuckDbConnection connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await folder.ListAsync(cancellationToken);
        await folder.ReferAsync(table.MetadataLocation, cancellationToken);
        await folder.ReferAsync(table.Folder + "/metadata/version-hint.text", cancellationToken);
        foreach (var older in Metadata.MetadataLog)
        {
            await folder.ReferAsync(older.MetadataFile, cancellationToken);
        }

        foreach (var statistics in Metadata.Statistics.Select(file => (file.StatisticsPath, file.FileSizeInBytes)).Concat(Metadata.PartitionStatistics.Select(file => (file.StatisticsPath, file.FileSizeInBytes))))
        {
            if (await folder.ExpectAsync(statistics.StatisticsPath, statistics.FileSizeInBytes, "statistics file", cancellationToken) is { } fault)
            {
                yield return fault;
            }
        }

        foreach (var snapshot in Metadata.Snapshots)
        {
            await foreach (var fault in SnapshotAsync(snapshot, cancellationToken))
            {
                yield return fault;
            }
        }

        foreach (var entry in live.Values)
        {
            var file = entry.DataFile;
            if (await folder.ExpectAsync(file.FilePath, file.FileSizeInBytes, file.Content == FileContent.Data ? "data file" : "delete file", cancellationToken) is { } missing)
            {
                yield return missing;
            }
            else if (file is { Content: FileContent.Data, FileFormat: "PARQUET" })
            {
                foreach (var fault in await new DataFileCheck(connection, table, files).RunAsync(entry, cancellationToken))
                {
                    yield return fault;
                }
            }
        }

        foreach (var orphan in folder.Orphans())
        {
            yield return orphan;
        }
    }

    async IAsyncEnumerable<TableFault> SnapshotAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (snapshot.ManifestList is { } list && await folder.ExpectAsync(list, size: null, "manifest list", cancellationToken) is { } missing)
        {
            yield return missing;
            yield break;
        }

        var (manifests, unreadable) = await FolderFiles.TryAsync(() => ManifestListReader.ReadAsync(table.Store, snapshot, cancellationToken), snapshot.ManifestList ?? table.MetadataLocation);
        if (unreadable is not null)
        {
            yield return unreadable;
            yield break;
        }

        foreach (var manifest in manifests!)
        {
            if (manifestsSeen.Add(manifest.ManifestPath))
            {
                foreach (var fault in await ManifestAsync(manifest, cancellationToken))
                {
                    yield return fault;
                }
            }
        }
    }

    async Task<List<TableFault>> ManifestAsync(ManifestFile manifest, CancellationToken cancellationToken)
    {
        var faults = new List<TableFault>();
        if (await folder.ExpectAsync(manifest.ManifestPath, manifest.ManifestLength > 0 ? manifest.ManifestLength : null, "manifest", cancellationToken) is { } missing)
        {
            return [missing];
        }

        var (entries, unreadable) = await FolderFiles.TryAsync(async () => await ManifestReader.ReadAsync(table.Store, manifest, Metadata, cancellationToken).ToListAsync(cancellationToken), manifest.ManifestPath);
        if (unreadable is not null)
        {
            return [unreadable];
        }

        foreach (var entry in entries!.Where(entry => entry.IsLive))
        {
            live.TryAdd(entry.DataFile.ContentOffset is { } offset ? $"{entry.DataFile.FilePath}#{offset}" : entry.DataFile.FilePath, entry);
        }

        Count(ManifestEntryStatus.Added, manifest.AddedFilesCount, "added");
        Count(ManifestEntryStatus.Existing, manifest.ExistingFilesCount, "existing");
        Count(ManifestEntryStatus.Deleted, manifest.DeletedFilesCount, "deleted");
        return faults;

        void Count(ManifestEntryStatus status, int? told, string name)
        {
            var counted = entries!.Count(entry => entry.Status == status);
            if (told is not null && told != counted)
            {
                faults.Add(new TableFault(TableFaultKind.Different, manifest.ManifestPath, $"holds {counted} {name} files, its manifest list says {told}"));
            }
        }
    }
}
