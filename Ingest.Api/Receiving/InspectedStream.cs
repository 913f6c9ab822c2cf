using System.Security.Cryptography;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Ingest.Receiving;

/// <summary>Content as it is read: measured against the limit, digested, and looked at. Failures of what is below become the caller's errors.</summary>
internal sealed class InspectedStream(Stream inner, Reception reception, IContentInspector? inspector) : ForwardStream
{
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    bool ended;

    /// <summary>Bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether all was read.</summary>
    public bool Ended => ended;

    public override long Position { get => Bytes; set => throw new NotSupportedException(); }

    /// <summary>SHA-256 of all that was read.</summary>
    public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"The content is said to be gzip, and is not or is cut off: {e.Message}");
        }

        if (read == 0)
        {
            if (!ended && buffer.Length > 0)
            {
                ended = true;
                inspector?.Complete();
            }

            return 0;
        }

        Bytes += read;
        if (Bytes > reception.Limit)
        {
            throw reception.TooLarge();
        }

        hash.AppendData(buffer.Span[..read]);
        inspector?.Add(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
