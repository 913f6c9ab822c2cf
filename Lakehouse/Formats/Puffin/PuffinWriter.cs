using System.Buffers.Binary;

namespace Lakehouse.Formats.Puffin;

/// <summary>Writes a Puffin file to a stream, which stays open: blobs first, one after the other, then the footer. Nothing is compressed.</summary>
/// <param name="stream">Where to; written from its current place on, which counts as the file's beginning.</param>
public sealed class PuffinWriter(Stream stream)
{
    private readonly List<PuffinBlob> blobs = [];
    private bool finished;

    /// <summary>Bytes written so far; the file's size after <see cref="FinishAsync"/>.</summary>
    public long Length { get; private set; }

    /// <summary>The blobs written so far.</summary>
    public IReadOnlyList<PuffinBlob> Blobs => blobs;

    /// <summary>Writes a blob.</summary>
    /// <param name="blob">Its type, fields, snapshot, sequence number and properties; offset, length and codec are set here.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then of no use.</param>
    /// <returns>The blob as the footer will name it.</returns>
    public async Task<PuffinBlob> AddAsync(PuffinBlob blob, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var placed = blob with { Offset = Length, Length = bytes.Length, CompressionCodec = null };
        await WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        blobs.Add(placed);
        return placed;
    }

    /// <summary>Writes the deletion vector of a data file (Puffin specification, "deletion-vector-v1 blob type").</summary>
    /// <param name="referencedDataFile">Location of the data file, as the table's metadata spells it.</param>
    /// <param name="positions">Its deleted positions.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then of no use.</param>
    /// <returns>The blob: its offset and length belong into the manifest's <c>content_offset</c> and <c>content_size_in_bytes</c>.</returns>
    public Task<PuffinBlob> AddDeletionVectorAsync(string referencedDataFile, Positions.PositionBitmap positions, CancellationToken cancellationToken = default)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["referenced-data-file"] = referencedDataFile,
            ["cardinality"] = positions.Cardinality.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

        // The field is the reserved one of row positions, as the reference implementation writes it.
        var blob = new PuffinBlob(PuffinBlob.DeletionVectorType, [RowPositionFieldId], -1, -1, 0, 0) { Properties = properties };
        return AddAsync(blob, DeletionVectorBlob.Write(positions), cancellationToken);
    }

    /// <summary>Writes the footer. Nothing can be added after it.</summary>
    /// <param name="properties">Properties of the file, for instance <c>created-by</c>.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then of no use.</param>
    public async Task FinishAsync(IReadOnlyDictionary<string, string>? properties = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var payload = PuffinFooterJson.Write(new PuffinFooter(blobs, properties ?? new Dictionary<string, string>(StringComparer.Ordinal)));
        var footer = new byte[4 + payload.Length + PuffinReader.TailLength];
        PuffinReader.Magic.CopyTo(footer);
        payload.CopyTo(footer.AsSpan(4));
        BinaryPrimitives.WriteInt32LittleEndian(footer.AsSpan(4 + payload.Length), payload.Length);
        PuffinReader.Magic.CopyTo(footer.AsSpan(footer.Length - 4));
        await WriteAsync(footer, cancellationToken).ConfigureAwait(false);
        finished = true;
    }

    private const int RowPositionFieldId = 2147483645;

    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (Length == 0)
        {
            await WriteAsync(PuffinReader.Magic.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        Length += bytes.Length;
    }
}
