using System.Globalization;
using System.Text;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Paths of data files as the log has them: relative to the table, percent-encoded (RFC 2396), since there are readers that take no other.</summary>
internal static class PublishedPath
{
    /// <summary>The path of a file below a table; null when it lies elsewhere.</summary>
    /// <param name="tableLocation">Location of the table.</param>
    /// <param name="fileLocation">Location of the file, as manifests have it.</param>
    public static string? Of(string tableLocation, string fileLocation)
    {
        var table = Canonical(tableLocation).TrimEnd('/') + "/";
        var file = Canonical(fileLocation);
        if (file.Length <= table.Length || !file.StartsWith(table, StringComparison.Ordinal))
        {
            return null;
        }

        var path = file[table.Length..];

        // A location of a local file is a URI, in which a percent sign begins an escape; keys of other stores are taken literally.
        var isUri = fileLocation.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        return path.Split('/').Any(segment => segment is "" or "." or "..") ? null : Encode(path, isUri);
    }

    /// <summary>The location of a path that <see cref="Of"/> gave.</summary>
    public static string Location(string tableLocation, string path) =>
        TableLocations.Join(tableLocation, tableLocation.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? path : Uri.UnescapeDataString(path));

    private static string Canonical(string location)
    {
        var normal = TableLocations.Normalize(location);
        return normal.StartsWith("s3a://", StringComparison.Ordinal) || normal.StartsWith("s3n://", StringComparison.Ordinal) ? $"s3{normal.AsSpan(3)}" : normal;
    }

    private static string Encode(string path, bool isUri)
    {
        var text = new StringBuilder(path.Length);
        var bytes = Encoding.UTF8.GetBytes(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = (char)bytes[i];
            var isEscape = isUri && c == '%' && i + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]);
            if (char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~' or '=' || isEscape)
            {
                text.Append(c);
            }
            else
            {
                text.Append('%').Append(bytes[i].ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }
}
