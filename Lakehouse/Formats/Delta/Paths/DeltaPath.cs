using System.Text;

namespace Lakehouse.Formats.Delta;

/// <summary>
/// Paths in a log are URIs (RFC 2396): relative to the table or absolute, percent-encoded (PROTOCOL.md, "Add File and Remove File"). Locations of <c>file:</c> are percent-encoded too, those of object stores are plain keys.
/// </summary>
public static class DeltaPath
{
    const string FileScheme = "file:";

    /// <summary>The location of a file.</summary>
    /// <param name="tableLocation">Location of the table, without a trailing slash.</param>
    /// <param name="path">Path as it stands in the log.</param>
    public static string Locate(string tableLocation, string path)
    {
        if (SchemeLength(path) is var scheme and > 0)
        {
            return path.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase) ? $"file:///{Encoded(Decode(path[FileScheme.Length..]).TrimStart('/'))}" : path[..scheme] + Decode(path[scheme..]);
        }

        var isFile = SchemeLength(tableLocation) == 0 || tableLocation.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase);
        var decoded = Decode(path);
        if (decoded.StartsWith('/'))
        {
            return isFile ? $"file:///{Encoded(decoded.TrimStart('/'))}" : Authority(tableLocation) + decoded;
        }

        return $"{tableLocation}/{(isFile ? Encoded(decoded) : decoded)}";
    }

    /// <summary>Bytes of a file name in the form in which paths of a log are compared: decoded, and <c>file:/a</c>, <c>file:///a</c> and <c>/a</c> are one.</summary>
    internal static byte[] Key(ReadOnlySpan<byte> path)
    {
        var decoded = Decode(Encoding.UTF8.GetString(path));
        if (decoded.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase))
        {
            decoded = $"/{decoded.AsSpan(FileScheme.Length).TrimStart('/')}";
        }

        return Encoding.UTF8.GetBytes(decoded);
    }

    /// <summary>Whether a path is its own <see cref="Key"/>.</summary>
    internal static bool IsPlain(ReadOnlySpan<byte> path) => !path.Contains((byte)'%') && !(path.Length > 5 && path[4] == ':' && Ascii.EqualsIgnoreCase(path[..5], "file:"u8));

    /// <summary>A text without its percent-encoding. A percent sign that no two digits follow stands for itself.</summary>
    internal static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(Encoding.ASCII.GetString(bytes, i + 1, 2))[0];
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>Percent-encodes all but slashes and what the locations of local files keep as it is.</summary>
    static string Encoded(string path)
    {
        var text = new StringBuilder(path.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(path))
        {
            var c = (char)unit;
            if (char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '~' or '=' or '-')
            {
                text.Append(c);
            }
            else
            {
                text.Append('%').Append(unit.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    /// <summary>Characters of the scheme with its colon, 0 when there is none. A colon within a name is no scheme: a slash must follow.</summary>
    static int SchemeLength(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon + 1 < text.Length && text[colon + 1] == '/' && char.IsAsciiLetter(text[0])
            && text.AsSpan(0, colon).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") < 0
                ? colon + 1
                : 0;
    }

    static string Authority(string location)
    {
        var start = location.IndexOf("://", StringComparison.Ordinal);
        var end = start < 0 ? -1 : location.IndexOf('/', start + 3);
        return end < 0 ? location : location[..end];
    }
}
