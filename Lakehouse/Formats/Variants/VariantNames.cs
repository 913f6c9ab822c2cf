using System.Text;

namespace Lakehouse.Formats.Variants;

/// <summary>
/// The dictionary of a variant: one byte with version (4 bits), whether it is sorted (bit 4) and the width of numbers less one (bits 6 and 7); number of names; their offsets, one more
/// than there are names; their bytes.
/// </summary>
internal sealed class VariantNames
{
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string[] names;

    public VariantNames(ReadOnlySpan<byte> metadata)
    {
        if (metadata.IsEmpty)
        {
            throw VariantJson.Truncated();
        }

        if ((metadata[0] & 15) != 1)
        {
            throw LakehouseException.Unsupported($"variant: version {metadata[0] & 15} is not known");
        }

        var width = (metadata[0] >> 6) + 1;
        var count = Number(metadata, 1, width);
        var start = 1 + ((count + 2) * width);
        if (start > metadata.Length)
        {
            throw VariantJson.Truncated();
        }

        names = new string[count];
        for (var i = 0; i < names.Length; i++)
        {
            var from = start + Number(metadata, 1 + ((i + 1L) * width), width);
            var to = start + Number(metadata, 1 + ((i + 2L) * width), width);
            if (from > to || to > metadata.Length)
            {
                throw LakehouseException.InvalidData("variant: the names of its fields are out of range");
            }

            try
            {
                names[i] = Utf8.GetString(metadata[(int)from..(int)to]);
            }
            catch (DecoderFallbackException error)
            {
                throw LakehouseException.InvalidData("variant: the name of a field is not valid UTF-8", error);
            }
        }
    }

    public string this[long id] => id < names.Length ? names[id] : throw LakehouseException.InvalidData($"variant: a field has name {id} of {names.Length}");

    /// <summary>An unsigned number of 1 to 4 bytes.</summary>
    public static long Number(ReadOnlySpan<byte> bytes, long start, int width)
    {
        if (start > bytes.Length - width)
        {
            throw VariantJson.Truncated();
        }

        long number = 0;
        for (var i = width - 1; i >= 0; i--)
        {
            number = (number << 8) | bytes[(int)start + i];
        }

        return number;
    }
}
