using System.Globalization;
using System.Text;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Names as Avro allows them (Avro specification, "Names"), in the form that other Iceberg writers use.</summary>
internal static class AvroNames
{
    /// <summary>A name of letters, digits and underscores; other characters become <c>_xHEX</c>, a leading digit gets an underscore.</summary>
    public static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var character = name[i];
            if (char.IsAsciiLetter(character) || character == '_' || (i > 0 && char.IsAsciiDigit(character)))
            {
                text.Append(character);
            }
            else if (char.IsAsciiDigit(character))
            {
                text.Append('_').Append(character);
            }
            else
            {
                text.Append("_x").Append(((int)character).ToString("X", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }
}
