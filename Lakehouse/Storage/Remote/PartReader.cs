using System.Buffers;

namespace Lakehouse.Storage.Remote;

/// <summary>Cuts a stream into parts in pooled memory. Parts grow with their number, so that ten thousand of them, which is all that stores take, hold a terabyte.</summary>
internal static class PartReader
{
    const int Base = 8 << 20;

    public static int SizeOf(int number) => number switch
    {
        <= 1000 => Base,
        <= 4000 => 4 * Base,
        _ => 16 * Base,
    };

    /// <summary>The next part, full unless the stream ends with it; empty at the end.</summary>
    /// <returns>Memory that is given back by <see cref="Return"/>.</returns>
    public static async Task<ArraySegment<byte>> NextAsync(Stream content, int number, CancellationToken cancellationToken)
    {
        var size = SizeOf(number);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            return new ArraySegment<byte>(buffer, 0, await content.ReadAtLeastAsync(buffer.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public static void Return(ArraySegment<byte> part) => ArrayPool<byte>.Shared.Return(part.Array!);

    public static MemoryStream StreamOf(ArraySegment<byte> part) => new(part.Array!, part.Offset, part.Count, writable: false);
}
