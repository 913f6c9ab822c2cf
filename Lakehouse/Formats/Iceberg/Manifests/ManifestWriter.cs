using System.Globalization;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>A manifest as bytes, with its entry for the manifest list.</summary>
/// <param name="Bytes">The Avro file.</param>
/// <param name="File">Its entry.</param>
public sealed record WrittenManifest(byte[] Bytes, ManifestFile File);

/// <summary>Writes a v2 or v3 manifest (specification, "Manifests"): files of one partition spec, data or deletes.</summary>
public sealed class ManifestWriter
{
    private readonly AvroContainerWriter file;
    private readonly DataFileEncoder encoder;
    private readonly PartitionSummaries summaries;
    private readonly PartitionSpec spec;
    private readonly ManifestContent content;
    private readonly long snapshotId;
    private readonly int[] files = new int[3];
    private readonly long[] rows = new long[3];
    private long? minSequenceNumber;
    private bool hasUnassigned;

    /// <summary>Starts a manifest.</summary>
    /// <param name="metadata">The table: gives the schema and the types of partition values.</param>
    /// <param name="spec">Partition spec of the files.</param>
    /// <param name="content">What the files are.</param>
    /// <param name="snapshotId">Snapshot that adds the manifest.</param>
    /// <exception cref="LakehouseException">Unsupported: the spec has an unknown transform, or a source column that no schema has.</exception>
    public ManifestWriter(TableMetadata metadata, PartitionSpec spec, ManifestContent content, long snapshotId)
        : this(metadata, spec, content, snapshotId, AvroCodec.Deflate)
    {
    }

    internal ManifestWriter(TableMetadata metadata, PartitionSpec spec, ManifestContent content, long snapshotId, AvroCodec codec)
    {
        this.spec = spec;
        this.content = content;
        this.snapshotId = snapshotId;
        var types = PartitionTypes(metadata, spec) ?? throw LakehouseException.Unsupported($"partition spec {spec.SpecId}: the type of its values is not known, so nothing can be written with it");
        summaries = new PartitionSummaries(types);
        encoder = new DataFileEncoder(types, metadata.FormatVersion);
        file = new AvroContainerWriter(
            ManifestSchemas.Manifest(spec, types, metadata.FormatVersion),
            [
                new("schema", SchemaJson.ToText(metadata.CurrentSchema)),
                new("schema-id", Text(metadata.CurrentSchemaId)),
                new("partition-spec", JsonText.WriteText(json => PartitionSpecJson.WriteFields(json, spec))),
                new("partition-spec-id", Text(spec.SpecId)),
                new("format-version", metadata.FormatVersion >= 3 ? "3" : "2"),
                new("content", content == ManifestContent.Data ? "data" : "deletes"),
            ],
            codec);
    }

    /// <summary>Entries so far.</summary>
    public int Count => files[0] + files[1] + files[2];

    /// <summary>Bytes so far, roughly.</summary>
    public long Length => file.Length;

    /// <summary>Adds an entry. Sequence numbers may be null for added files only, which then inherit them.</summary>
    /// <exception cref="ArgumentException">The entry does not belong into this manifest.</exception>
    public void Add(ManifestEntry entry)
    {
        var data = entry.DataFile;
        if (data.Content == FileContent.Data != (content == ManifestContent.Data))
        {
            throw new ArgumentException($"{data.FilePath}: data and delete files are kept in different manifests", nameof(entry));
        }

        if (data.SpecId != spec.SpecId || data.Partition.Count != spec.Fields.Count)
        {
            throw new ArgumentException($"{data.FilePath}: has {data.Partition.Count} partition values of spec {data.SpecId}, the manifest is of spec {spec.SpecId} with {spec.Fields.Count} fields", nameof(entry));
        }

        if (entry.Status != ManifestEntryStatus.Added && (entry.SequenceNumber is null || entry.FileSequenceNumber is null))
        {
            throw new ArgumentException($"{data.FilePath}: an existing or deleted file keeps its sequence numbers", nameof(entry));
        }

        var body = file.Body;
        body.WriteInt((int)entry.Status);
        WriteOptional(body, entry.SnapshotId ?? snapshotId);
        WriteOptional(body, entry.SequenceNumber);
        // The number of an added file is assigned at its commit and always inherited.
        WriteOptional(body, entry.Status == ManifestEntryStatus.Added ? null : entry.FileSequenceNumber);
        encoder.Write(body, data);
        file.EndObject();

        files[(int)entry.Status]++;
        rows[(int)entry.Status] += data.RecordCount;
        summaries.Add(data.Partition);
        if (entry.IsLive)
        {
            hasUnassigned |= entry.SequenceNumber is null;
            minSequenceNumber = entry.SequenceNumber is { } number ? Math.Min(number, minSequenceNumber ?? number) : minSequenceNumber;
        }
    }

    /// <summary>Ends the manifest.</summary>
    /// <param name="location">Where it will lie.</param>
    /// <param name="sequenceNumber">Sequence number of the snapshot that adds it.</param>
    public WrittenManifest Finish(string location, long sequenceNumber)
    {
        var bytes = file.Finish();
        return new WrittenManifest(bytes, new ManifestFile
        {
            ManifestPath = location,
            ManifestLength = bytes.Length,
            PartitionSpecId = spec.SpecId,
            Content = content,
            SequenceNumber = sequenceNumber,
            MinSequenceNumber = hasUnassigned ? Math.Min(sequenceNumber, minSequenceNumber ?? sequenceNumber) : minSequenceNumber ?? sequenceNumber,
            AddedSnapshotId = snapshotId,
            AddedFilesCount = files[(int)ManifestEntryStatus.Added],
            ExistingFilesCount = files[(int)ManifestEntryStatus.Existing],
            DeletedFilesCount = files[(int)ManifestEntryStatus.Deleted],
            AddedRowsCount = rows[(int)ManifestEntryStatus.Added],
            ExistingRowsCount = rows[(int)ManifestEntryStatus.Existing],
            DeletedRowsCount = rows[(int)ManifestEntryStatus.Deleted],
            Partitions = summaries.Finish(),
        });
    }

    /// <summary>The types of a spec's values; null when one is not known.</summary>
    internal static IReadOnlyList<IcebergType>? PartitionTypes(TableMetadata metadata, PartitionSpec spec)
    {
        var types = spec.ResultTypes(metadata.SchemasByAge());
        return types.Contains(null) ? null : types.Select(type => type!).ToList();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void WriteOptional(AvroWriter body, long? value)
    {
        if (body.WritePresence(value is not null))
        {
            body.WriteLong(value!.Value);
        }
    }
}
