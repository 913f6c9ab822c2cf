using System.Runtime.CompilerServices;

namespace Lakehouse.Formats.Parquet;

/// <summary>The pages of a column, one after the other as they lie in the file.</summary>
internal static class ParquetPages
{
    private const int MaxHeader = 16 * 1024 * 1024;

    /// <summary>The headers of a chunk's pages with the places where the pages themselves begin.</summary>
    /// <exception cref="LakehouseException">InvalidData: a header is wrong, or there are not as many values as the chunk has.</exception>
    public static async IAsyncEnumerable<(ParquetPageHeader Header, long Place)> OfAsync(Stream file, ParquetColumnChunk chunk, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (place, done) = (chunk.Start, 0L);
        while (done < chunk.Values)
        {
            var header = await ReadHeaderAsync(file, place, cancellationToken).ConfigureAwait(false);
            place += header.HeaderLength;
            if (header.IsData && header.Values > chunk.Values - done)
            {
                throw LakehouseException.InvalidData($"the pages of a row group hold more values than its {chunk.Values}");
            }

            yield return (header, place);
            done += header.IsData ? header.Values : 0;
            place += header.PackedLength;
        }
    }

    /// <summary>The error with the file and the column that it is about.</summary>
    public static LakehouseException Placed(LakehouseException error, string name, string column)
    {
        var message = error.Message.StartsWith(name, StringComparison.Ordinal) ? error.Message : $"{name}: column {column}: {error.Message}";
        return error.Kind switch
        {
            LakehouseErrorKind.InvalidData => LakehouseException.InvalidData(message, error),
            LakehouseErrorKind.Unsupported => LakehouseException.Unsupported(message),
            _ => error,
        };
    }

    /// <summary>Headers take some dozen bytes, unless they hold statistics of long values.</summary>
    private static async Task<ParquetPageHeader> ReadHeaderAsync(Stream file, long place, CancellationToken cancellationToken)
    {
        for (var length = 1024L; ; length *= 16)
        {
            var rest = Math.Min(MaxHeader, file.Length - place);
            var bytes = await ReadAsync(file, place, Math.Min(length, rest), cancellationToken).ConfigureAwait(false);
            if (ParquetPageHeader.Read(bytes) is { } header)
            {
                return header;
            }

            if (length >= rest)
            {
                throw LakehouseException.InvalidData($"the page header at {place} is cut off");
            }
        }
    }

    public static async Task<byte[]> ReadFooterAsync(Stream file, string name, CancellationToken cancellationToken)
    {
        var size = file.Length;
        var end = await ReadAsync(file, Math.Max(0, size - ParquetFooter.Tail), ParquetFooter.Tail, cancellationToken).ConfigureAwait(false);
        var length = ParquetFooter.LengthOf(end, size, name);
        return await ReadAsync(file, size - ParquetFooter.Tail - length, length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Exactly these bytes. They are in the file before there is room for them.</summary>
    public static async Task<byte[]> ReadAsync(Stream file, long place, long length, CancellationToken cancellationToken)
    {
        if (place < 0 || length < 0 || length > Array.MaxLength || place > file.Length - length)
        {
            throw LakehouseException.InvalidData($"{length} bytes at {place} are not within its {file.Length}");
        }

        var bytes = new byte[length];
        file.Position = place;
        await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }
}
