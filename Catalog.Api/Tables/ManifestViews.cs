using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace LakeAspire.Catalog.Tables;

/// <summary>What the manifests of a table's current snapshot say. Manifests are read as a stream; no list of all files is kept.</summary>
internal sealed class ManifestViews(IObjectStore store)
{
    /// <summary>Some of the files. Manifests that lie wholly before them are not opened, if the manifest list says how many files they hold.</summary>
    public async Task<FileListBody> FilesAsync(TableMetadata metadata, long offset, int limit, CancellationToken cancellationToken)
    {
        var files = new List<FileBody>();
        var position = 0L;
        foreach (var manifest in await ManifestsAsync(metadata, cancellationToken))
        {
            if (manifest is { AddedFilesCount: { } added, ExistingFilesCount: { } existing } && (position + added + existing <= offset || files.Count == limit))
            {
                position += added + existing;
                continue;
            }

            await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, [manifest], cancellationToken))
            {
                if (position++ >= offset && files.Count < limit)
                {
                    files.Add(BodyOf(metadata, entry.DataFile));
                }
            }
        }

        return new FileListBody(files, position);
    }

    /// <summary>The partitions, by their data files.</summary>
    public async Task<PartitionListBody> PartitionsAsync(TableMetadata metadata, CancellationToken cancellationToken)
    {
        var partitions = new Dictionary<PartitionKey, PartitionBody>();
        await foreach (var file in DataFilesAsync(metadata, cancellationToken))
        {
            var key = PartitionKey.Of(file);
            var known = partitions.GetValueOrDefault(key) ?? new PartitionBody(PartitionOf(metadata, file), 0, 0, 0);
            partitions[key] = known with { Rows = known.Rows + file.RecordCount, Files = known.Files + 1, Bytes = known.Bytes + file.FileSizeInBytes };
        }

        return new PartitionListBody(partitions.Values.OrderBy(p => string.Join('/', p.Partition.Values), StringComparer.Ordinal).ToList());
    }

    /// <summary>Figures of the columns over all data files, rows that delete files take away included.</summary>
    public async Task<StatisticsBody> StatisticsAsync(TableMetadata metadata, CancellationToken cancellationToken)
    {
        var statistics = new ColumnStatisticsBuilder(metadata.CurrentSchema);
        await foreach (var file in DataFilesAsync(metadata, cancellationToken))
        {
            statistics.Add(file);
        }

        return new StatisticsBody(statistics.Finish()
            .Select(c => new ColumnStatisticsBody(c.FieldId, c.Name, c.Type.ToString()!, c.Values, c.Nulls, c.Nans, c.LowerText, c.UpperText, c.Bytes)).ToList());
    }

    async Task<IReadOnlyList<ManifestFile>> ManifestsAsync(TableMetadata metadata, CancellationToken cancellationToken) =>
        metadata.CurrentSnapshot is { } snapshot ? (await ManifestListReader.ReadAsync(store, snapshot, cancellationToken)).Where(m => m.MayHaveLiveFiles).ToList() : [];

    async IAsyncEnumerable<DataFile> DataFilesAsync(TableMetadata metadata, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var manifests = (await ManifestsAsync(metadata, cancellationToken)).Where(m => m.Content == ManifestContent.Data);
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, manifests, cancellationToken))
        {
            yield return entry.DataFile;
        }
    }

    static FileBody BodyOf(TableMetadata metadata, DataFile file) => new(
        file.FilePath,
        file.FileFormat.ToLowerInvariant(),
        file.Content switch { FileContent.Data => "data", FileContent.PositionDeletes => "position-deletes", _ => "equality-deletes" },
        PartitionOf(metadata, file),
        file.RecordCount,
        file.FileSizeInBytes);

    static Dictionary<string, string?> PartitionOf(TableMetadata metadata, DataFile file)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (metadata.SpecById(file.SpecId) is { } spec)
        {
            var types = spec.ResultTypes(metadata.SchemasByAge());
            for (var i = 0; i < spec.Fields.Count && i < file.Partition.Count; i++)
            {
                values[spec.Fields[i].Name] = PartitionPath.Text(spec.Fields[i].Transform, types[i], file.Partition[i]);
            }
        }

        return values;
    }
}
