namespace Lakehouse.Formats.IO;

/// <summary>Reads parts of objects into memory. A length that lies costs no more memory than the object has bytes.</summary>
internal static class ObjectBytes
{
    private const int Step = 1024 * 1024;

    /// <summary>Exactly these bytes.</summary>
    /// <exception cref="LakehouseException">InvalidData: the range is out of bounds, or the object ends before it does.</exception>
    public static async Task<byte[]> ReadAsync(IObjectStore store, string location, long offset, long length, string what, CancellationToken cancellationToken)
    {
        if (offset < 0 || length < 0 || length > Array.MaxLength || offset > long.MaxValue - length)
        {
            throw LakehouseException.InvalidData($"{location}: {what} of {length} bytes at {offset} is out of range");
        }

        var stream = await store.OpenReadAsync(location, new ByteRange(offset, length), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var bytes = new byte[(int)Math.Min(length, Step)];
            var read = 0;
            while (read < length)
            {
                if (read == bytes.Length)
                {
                    Array.Resize(ref bytes, (int)Math.Min(length, bytes.Length * 2L));
                }

                var count = await stream.ReadAsync(bytes.AsMemory(read), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    throw LakehouseException.InvalidData($"{location}: {what} of {length} bytes at {offset} is cut off after {read}");
                }

                read += count;
            }

            return bytes;
        }
    }
}
