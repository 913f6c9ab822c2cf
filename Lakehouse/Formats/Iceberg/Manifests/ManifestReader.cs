using System.Runtime.CompilerServices;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads manifests (specification, "Manifests"), of v1 to v3 and of any writer.</summary>
public static class ManifestReader
{
    /// <summary>
    /// The entries of a manifest, streamed, with snapshot ids, sequence numbers and first row ids inherited from <paramref name="manifest"/>.
    /// </summary>
    /// <param name="store">Where the manifest lies.</param>
    /// <param name="manifest">Its entry in the manifest list.</param>
    /// <param name="metadata">The table: gives the partition spec and the types of partition values.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">InvalidData: the file is truncated or malformed.</exception>
    public static async IAsyncEnumerable<ManifestEntry> ReadAsync(
        IObjectStore store, ManifestFile manifest, TableMetadata metadata, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Encryption.Refuse(manifest);
        var stream = await store.OpenReadAsync(manifest.ManifestPath, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (var entry in ReadAsync(stream, manifest, metadata, cancellationToken).ConfigureAwait(false))
            {
                yield return entry;
            }
        }
    }

    /// <summary>As above, from the bytes of the manifest; the stream is not closed.</summary>
    public static async IAsyncEnumerable<ManifestEntry> ReadAsync(
        Stream stream, ManifestFile manifest, TableMetadata metadata, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var what = $"manifest {manifest.ManifestPath}";
        var file = await AvroContainerReader.OpenAsync(stream, what, cancellationToken).ConfigureAwait(false);
        var decoder = Decoder(file, manifest, metadata, what);
        var entries = new List<ManifestEntry>();
        var read = 0L;
        while (await file.NextBlockAsync(cancellationToken).ConfigureAwait(false) is var (count, data))
        {
            entries.Clear();
            Decode(decoder, count, data.Span, entries, what);
            read += count;
            foreach (var entry in entries)
            {
                yield return entry;
            }
        }

        CheckCount(manifest, read, what);
    }

    /// <summary>The blocks of a manifest, undecoded, with what decodes their entries; each is the caller's.</summary>
    internal static async IAsyncEnumerable<ManifestBlock> ReadBlocksAsync(IObjectStore store, ManifestFile manifest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var what = $"manifest {manifest.ManifestPath}";
        Encryption.Refuse(manifest);
        var stream = await store.OpenReadAsync(manifest.ManifestPath, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var file = await AvroContainerReader.OpenAsync(stream, what, cancellationToken).ConfigureAwait(false);
            var layout = Named(what, () => new ManifestLayout(file.Schema));
            var read = 0L;
            while (await file.NextBlockAsync(cancellationToken).ConfigureAwait(false) is var (count, data))
            {
                var copy = data.ToArray();
                read += count;
                yield return Named(what, () => ManifestBlock.Read(layout, copy, count));
            }

            CheckCount(manifest, read, what);
        }
    }

    /// <summary>What decodes the entries of a manifest whose spec the table has.</summary>
    internal static ManifestEntryDecoder Decoder(ManifestLayout layout, ManifestFile manifest, PartitionSpec spec, IReadOnlyList<IcebergType?> partitionTypes) =>
        Named($"manifest {manifest.ManifestPath}", () => new ManifestEntryDecoder(layout.Schema, spec, partitionTypes, manifest));

    /// <summary>Runs code whose errors lack the name of the file.</summary>
    internal static T Named<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (LakehouseException error) when (!error.Message.StartsWith(what, StringComparison.Ordinal))
        {
            throw new LakehouseException(error.Kind, $"{what}: {error.Message}", error);
        }
    }

    /// <summary>The spec id and content that a manifest states itself: for v1 snapshots without a manifest list.</summary>
    internal static async Task<(int SpecId, ManifestContent Content)> ReadHeaderAsync(IObjectStore store, string location, CancellationToken cancellationToken)
    {
        var stream = await store.OpenReadAsync(location, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var what = $"manifest {location}";
            var header = ManifestHeader.Read(await AvroContainerReader.OpenAsync(stream, what, cancellationToken).ConfigureAwait(false), what);
            return (header.Spec.SpecId, header.Content);
        }
    }

    /// <summary>A file that was cut at the end of a block looks whole. The length in the list is no witness: there are writers that state it wrongly.</summary>
    private static void CheckCount(ManifestFile manifest, long read, string what)
    {
        if (read < manifest.AddedFilesCount + manifest.ExistingFilesCount + manifest.DeletedFilesCount)
        {
            throw LakehouseException.InvalidData(
                $"{what}: has {read} entries, {manifest.AddedFilesCount + manifest.ExistingFilesCount + manifest.DeletedFilesCount} by its manifest list");
        }
    }

    private static ManifestEntryDecoder Decoder(AvroContainerReader file, ManifestFile manifest, TableMetadata metadata, string what)
    {
        try
        {
            var spec = metadata.SpecById(manifest.PartitionSpecId);
            Schema? schema = null;
            if (spec is null)
            {
                (schema, spec, _) = ManifestHeader.Read(file, what);
            }

            IEnumerable<Schema> schemas = metadata.SchemasByAge();
            return new ManifestEntryDecoder(file.Schema, spec, spec.ResultTypes(schema is null ? schemas : schemas.Append(schema)), manifest);
        }
        catch (LakehouseException error) when (!error.Message.StartsWith(what, StringComparison.Ordinal))
        {
            throw new LakehouseException(error.Kind, $"{what}: {error.Message}", error);
        }
    }

    private static void Decode(ManifestEntryDecoder decoder, int count, ReadOnlySpan<byte> data, List<ManifestEntry> entries, string what)
    {
        var reader = new AvroReader(data);
        try
        {
            for (var i = 0; i < count; i++)
            {
                entries.Add(decoder.Read(ref reader));
            }
        }
        catch (LakehouseException error)
        {
            throw new LakehouseException(error.Kind, $"{what}: {error.Message}", error);
        }

        if (reader.Remaining > 0)
        {
            throw LakehouseException.InvalidData($"{what}: a block has {reader.Remaining} bytes too many");
        }
    }
}
