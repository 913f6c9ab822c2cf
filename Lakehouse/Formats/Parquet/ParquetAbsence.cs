using Lakehouse.Formats.Positions;

namespace Lakehouse.Formats.Parquet;

/// <summary>
/// The rows of a Parquet file in which an optional group is absent, told from those in which it is there with null members, by the definition levels of one of its leaves
/// (Dremel's encoding, as in Parquet's README, "Nested Encoding"). Pages are read one after the other; no more than one is held.
/// </summary>
public static class ParquetAbsence
{
    // Encoding.RLE.
    private const int Rle = 3;

    /// <summary>Reads the positions of the rows without the group.</summary>
    /// <param name="file">The file; it can seek.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="column">Name of the group, a top-level column.</param>
    /// <param name="leaf">Name of a leaf in it that does not repeat; one that takes little room is read fastest.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">InvalidData: the file is damaged or has no such column. Unsupported: a codec, encryption, or an encoding of levels, by name.</exception>
    public static async Task<PositionBitmap> ReadAsync(Stream file, string name, string column, string leaf, CancellationToken cancellationToken = default)
    {
        try
        {
            var footer = await ParquetPages.ReadFooterAsync(file, name, cancellationToken).ConfigureAwait(false);
            var whole = ParquetFooter.Read(footer, name) ?? throw ParquetFooter.Wrong(name, "its footer is cut off");
            var highest = HighestLevel(whole, column, leaf);
            var absent = new PositionBitmap();
            var rows = 0L;
            foreach (var chunk in highest == 0 ? [] : ParquetColumnChunk.Of(footer, [column, leaf]))
            {
                await ReadChunkAsync(file, chunk, highest, rows, absent, cancellationToken).ConfigureAwait(false);
                rows += chunk.Values;
            }

            return highest == 0 || rows == whole.Rows ? absent : throw ParquetFooter.Wrong(name, $"its row groups have {rows} rows where it has {whole.Rows}");
        }
        catch (LakehouseException error)
        {
            throw ParquetPages.Placed(error, name, column);
        }
    }

    /// <summary>The level of a leaf that is there: how many of the group and the leaf are optional. 0 where the group is never absent.</summary>
    private static int HighestLevel(ParquetFooter footer, string column, string leaf)
    {
        var groups = footer.Schema.Children.Where(node => node.Name == column).ToArray();
        if (groups is not [{ IsRepeated: false } group] || group.Children.Where(node => node.Name == leaf).ToArray() is not [{ IsRepeated: false, Children.Count: 0 } inGroup])
        {
            throw LakehouseException.InvalidData($"there is not one group of this name with one leaf {leaf} that does not repeat");
        }

        return !group.IsOptional ? 0 : inGroup.IsOptional ? 2 : 1;
    }

    private static async Task ReadChunkAsync(Stream file, ParquetColumnChunk chunk, int highest, long firstRow, PositionBitmap absent, CancellationToken cancellationToken)
    {
        await foreach (var (header, place) in ParquetPages.OfAsync(file, chunk, cancellationToken).ConfigureAwait(false))
        {
            if (header.IsData)
            {
                var levels = await ReadLevelsAsync(file, place, header, chunk.Codec, cancellationToken).ConfigureAwait(false);
                ParquetLevels.AddBelow(levels.Span, highest, header.Values, threshold: 1, firstRow, absent);
                firstRow += header.Values;
            }
        }
    }

    /// <summary>In version 1 the levels stand within what is packed, after their length; in version 2 before it, unpacked.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadLevelsAsync(Stream file, long place, ParquetPageHeader header, int codec, CancellationToken cancellationToken)
    {
        if (header.Kind == ParquetPageKind.DataV2)
        {
            return await ParquetPages.ReadAsync(file, place + header.RepetitionLength, header.DefinitionLength, cancellationToken).ConfigureAwait(false);
        }

        if (header.LevelEncoding != Rle)
        {
            throw LakehouseException.Unsupported($"definition levels in the encoding number {header.LevelEncoding} are not supported; RLE is read");
        }

        var page = ParquetCodec.Unpack(codec, await ParquetPages.ReadAsync(file, place, header.PackedLength, cancellationToken).ConfigureAwait(false), header.Length);
        return page.AsMemory(sizeof(int), ParquetLevels.LengthOf(page));
    }
}
