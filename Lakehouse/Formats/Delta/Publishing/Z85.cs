using System.Buffers.Binary;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Base 85 in the alphabet Z85, in which the log has the ids of deletion vector files.</summary>
internal static class Z85
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    /// <summary>Bytes as text: five characters for each four bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % 4 != 0)
        {
            throw new ArgumentException($"{bytes.Length} bytes are no multiple of 4", nameof(bytes));
        }

        var text = new char[bytes.Length / 4 * 5];
        for (var i = 0; i < bytes.Length / 4; i++)
        {
            var rest = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * 4)..]);
            for (var j = 4; j >= 0; j--)
            {
                text[(i * 5) + j] = Alphabet[(int)(rest % 85)];
                rest /= 85;
            }
        }

        return new string(text);
    }
}
