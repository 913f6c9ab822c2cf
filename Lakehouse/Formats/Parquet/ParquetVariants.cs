using System.Buffers.Binary;

namespace Lakehouse.Formats.Parquet;

/// <summary>Looks for variants that are null: their value is the one byte 0 (Parquet's VariantEncoding.md, "Null").</summary>
public static class ParquetVariants
{
    private const string Value = "value";
    private const int Plain = 0;
    private const int PlainDictionary = 2;
    private const int RleDictionary = 8;

    /// <summary>Finds a variant within a column that may be null in SQL, and is in some rows a variant that is null.</summary>
    /// <param name="file">The file; it can seek.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="column">Name of the top-level column: no variant itself.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its path in the file, or null when there is none.</returns>
    /// <exception cref="LakehouseException">InvalidData: the file is damaged. Unsupported: an encoding or codec, by name.</exception>
    public static async Task<string?> FindNestedNullAsync(Stream file, string name, string column, CancellationToken cancellationToken = default)
    {
        try
        {
            var footer = await ParquetPages.ReadFooterAsync(file, name, cancellationToken).ConfigureAwait(false);
            var schema = (ParquetFooter.Read(footer, name) ?? throw ParquetFooter.Wrong(name, "its footer is cut off")).Schema;
            var leaves = new List<Leaf>();
            foreach (var node in schema.Children.Where(node => node.Name == column))
            {
                Find(node, [], new Levels(false, false), leaves);
            }

            foreach (var leaf in leaves)
            {
                foreach (var chunk in ParquetColumnChunk.Of(footer, leaf.Path, leaf.Levels.Repeats))
                {
                    // Bytes are in the order of unsigned numbers, in which no value but that of a null begins with 0.
                    if (chunk.LeastFirstByte <= 0 && await HasNullAsync(file, chunk, leaf.Levels, cancellationToken).ConfigureAwait(false))
                    {
                        return string.Join('.', leaf.Path.SkipLast(1));
                    }
                }
            }

            return null;
        }
        catch (LakehouseException error)
        {
            throw ParquetPages.Placed(error, name, column);
        }
    }

    /// <summary>The values of the optional variants below a node. A struct of the same two members is taken for one too, which costs a look at it.</summary>
    private static void Find(ParquetNode node, IReadOnlyList<string> above, Levels levels, List<Leaf> leaves)
    {
        string[] path = [.. above, node.Name];
        levels = new Levels(levels.Repeats || node.IsRepeated, levels.Defines || node.IsRepeated || node.IsOptional);
        var isVariant = node.Children.Any(child => child is { Name: "metadata", Physical: ParquetPhysicalType.ByteArray });
        if (isVariant && node.Children.FirstOrDefault(child => child is { Name: Value, Physical: ParquetPhysicalType.ByteArray, IsRepeated: false }) is { } value)
        {
            if (node.IsOptional || node.IsRepeated)
            {
                leaves.Add(new Leaf([.. path, Value], levels with { Defines = true }));
            }

            return;
        }

        foreach (var child in node.Children)
        {
            Find(child, path, levels, leaves);
        }
    }

    private static async Task<bool> HasNullAsync(Stream file, ParquetColumnChunk chunk, Levels levels, CancellationToken cancellationToken)
    {
        await foreach (var (header, place) in ParquetPages.OfAsync(file, chunk, cancellationToken).ConfigureAwait(false))
        {
            // A page whose values are places in the dictionary has none that is not there.
            if (header.Kind == ParquetPageKind.Index || (header.IsData && header.Encoding is PlainDictionary or RleDictionary))
            {
                continue;
            }

            if (header.IsData && header.Encoding != Plain)
            {
                throw LakehouseException.Unsupported($"variants in the encoding number {header.Encoding} within other columns are not supported; PLAIN and dictionaries are read");
            }

            if (HasNull((await ReadValuesAsync(file, header, place, chunk.Codec, levels, cancellationToken).ConfigureAwait(false)).Span))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadValuesAsync(Stream file, ParquetPageHeader header, long place, int codec, Levels levels, CancellationToken cancellationToken)
    {
        var skipped = header.RepetitionLength + header.DefinitionLength;
        if (header.Length == skipped)
        {
            // Where all are null, some writers pack nothing into nothing.
            return default;
        }

        var packed = await ParquetPages.ReadAsync(file, place + skipped, header.PackedLength - skipped, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> page = ParquetCodec.Unpack(header.IsPacked ? codec : 0, packed, header.Length - skipped);
        if (header.Kind == ParquetPageKind.Data)
        {
            for (var kinds = (levels.Repeats ? 1 : 0) + (levels.Defines ? 1 : 0); kinds > 0; kinds--)
            {
                page = page[(sizeof(int) + ParquetLevels.LengthOf(page.Span))..];
            }
        }

        return page;
    }

    /// <summary>Values in the plain encoding: the length of each stands before it.</summary>
    private static bool HasNull(ReadOnlySpan<byte> values)
    {
        while (values.Length > 0)
        {
            var length = values.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(values);
            if (length < 0 || length > values.Length - sizeof(int))
            {
                throw LakehouseException.InvalidData("a value is cut off");
            }

            if (length == 1 && values[sizeof(int)] == 0)
            {
                return true;
            }

            values = values[(sizeof(int) + length)..];
        }

        return false;
    }

    /// <summary>Which kinds of levels a page has.</summary>
    private sealed record Levels(bool Repeats, bool Defines);

    private sealed record Leaf(IReadOnlyList<string> Path, Levels Levels);
}
