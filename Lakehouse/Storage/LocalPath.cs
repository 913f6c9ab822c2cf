using System.Text;
using Lakehouse.Formats;

namespace Lakehouse.Storage;

/// <summary>Converts between <c>file:</c> locations and paths of the local file system.</summary>
public static class LocalPath
{
    const string Scheme = "file:";

    /// <summary>Whether a location is one of the local file system.</summary>
    public static bool IsLocal(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The absolute path of a <c>file:</c> location: <c>file:///a%20b</c> is <c>/a b</c>. No trailing slash.</summary>
    /// <exception cref="LakehouseException"><see cref="LakehouseErrorKind.Unsupported"/> for another scheme or a host,
    /// <see cref="LakehouseErrorKind.Denied"/> for <c>..</c>, encoded separators and NUL.</exception>
    public static string FromLocation(string location)
    {
        if (!IsLocal(location))
        {
            throw LakehouseException.Unsupported($"location '{location}' is not a file: location");
        }

        var rest = location[Scheme.Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = rest.IndexOf('/', 2);
            var host = slash < 0 ? rest[2..] : rest[2..slash];
            if (host.Length > 0 && !host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            {
                throw LakehouseException.Unsupported($"location '{location}' names the host '{host}'");
            }

            rest = slash < 0 ? "/" : rest[slash..];
        }

        if (!rest.StartsWith('/'))
        {
            throw LakehouseException.InvalidData($"location '{location}' is not absolute");
        }

        var segments = rest.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(s => DecodeSegment(s, location)).ToArray();
        var path = string.Join(Path.DirectorySeparatorChar, segments);
        return OperatingSystem.IsWindows() ? path.EndsWith(':') ? path + Path.DirectorySeparatorChar : path : "/" + path;
    }

    /// <summary>The <c>file:</c> location of a path, made absolute first; characters outside <c>[A-Za-z0-9._~=-]</c> are percent-encoded. No trailing slash.</summary>
    public static string ToLocation(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var text = new StringBuilder("file://");
        foreach (var segment in full.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append('/');
            if (OperatingSystem.IsWindows() && text.Length == "file:///".Length && segment.EndsWith(':'))
            {
                text.Append(segment);
            }
            else
            {
                EncodeSegment(segment, text);
            }
        }

        return text.ToString();
    }

    /// <summary>One name between slashes, decoded; refuses what could leave its folder.</summary>
    internal static string DecodeSegment(string segment, string location)
    {
        var name = segment.Contains('%', StringComparison.Ordinal) ? Decode(segment, location) : segment;
        var refused = name is "" or "." or ".."
            ? "has an empty, '.' or '..' segment"
            : name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 ? "has an encoded separator or NUL" : null;
        return refused is null ? name : throw new LakehouseException(LakehouseErrorKind.Denied, $"location '{Shown(location)}' {refused}");
    }

    internal static void EncodeSegment(string name, StringBuilder text)
    {
        foreach (var unit in Encoding.UTF8.GetBytes(name))
        {
            var c = (char)unit;
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '~' or '=' or '-')
            {
                text.Append(c);
            }
            else
            {
                text.Append('%').Append(unit.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    static string Decode(string segment, string location)
    {
        var bytes = Encoding.UTF8.GetBytes(segment);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '%')
            {
                bytes[length++] = bytes[i];
            }
            else if (i + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                bytes[length++] = (byte)((Hex(bytes[i + 1]) << 4) | Hex(bytes[i + 2]));
                i += 2;
            }
            else
            {
                throw LakehouseException.InvalidData($"location '{Shown(location)}' has a '%' that no two hexadecimal digits follow");
            }
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException e)
        {
            throw LakehouseException.InvalidData($"location '{Shown(location)}' is not UTF-8", e);
        }
    }

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static int Hex(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary>Without what could break a line of a log.</summary>
    static string Shown(string location) => string.Concat(location.Select(c => char.IsControl(c) ? '?' : c));
}
