using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads properties of a table; a malformed value is a fault that names the property.</summary>
internal static class TableProperties
{
    public static long Long(TableMetadata metadata, string name, long fallback)
    {
        if (!metadata.Properties.TryGetValue(name, out var text))
        {
            return fallback;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw LakehouseException.InvalidData($"table property \"{name}\" must be a positive integer, is \"{text}\"");
    }

    public static bool Bool(TableMetadata metadata, string name, bool fallback)
    {
        if (!metadata.Properties.TryGetValue(name, out var text))
        {
            return fallback;
        }

        return bool.TryParse(text, out var flag) ? flag : throw LakehouseException.InvalidData($"table property \"{name}\" must be true or false, is \"{text}\"");
    }
}
