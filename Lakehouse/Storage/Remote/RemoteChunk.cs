using System.Buffers;

namespace Lakehouse.Storage.Remote;

/// <summary>A piece of an object in pooled memory, to be disposed by whoever gets it.</summary>
/// <param name="buffer">Rented from the shared pool.</param>
/// <param name="count">Bytes in use.</param>
/// <param name="total">Bytes of the whole object.</param>
/// <param name="tag">Version of the object.</param>
internal sealed class RemoteChunk(byte[] buffer, int count, long total, string? tag) : IDisposable
{
    byte[]? buffer = buffer;

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, count);

    public long Total => total;

    public string? Tag => tag;

    /// <summary>Reads an answer's body, which must have <paramref name="length"/> bytes.</summary>
    public static async Task<RemoteChunk> ReadAsync(Stream body, int length, long total, string? tag, CancellationToken cancellationToken)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        try
        {
            await body.ReadExactlyAsync(rented.AsMemory(0, length), cancellationToken);
            return new RemoteChunk(rented, length, total, tag);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
