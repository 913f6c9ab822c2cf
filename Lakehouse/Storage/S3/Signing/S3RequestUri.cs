using System.Text;
using Lakehouse.Formats;

namespace Lakehouse.Storage.S3.Signing;

/// <summary>
/// The address of a request to S3, taken apart by hand: what a server makes of it has to be known exactly, and the usual parsers tidy up. Whatever two readers could understand differently is refused: dot segments, encoded or not, empty
/// segments, a parameter given twice, a plus sign that may mean a space.
/// </summary>
public sealed class S3RequestUri
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    S3RequestUri(string text, string scheme, string authority, IReadOnlyList<string> segments, IReadOnlyDictionary<string, string> parameters)
    {
        Text = text;
        Scheme = scheme;
        Authority = authority;
        Segments = segments;
        Parameters = parameters;
    }

    /// <summary>The address as it was given.</summary>
    public string Text { get; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; }

    /// <summary>Host, with the port unless it is the scheme's usual one.</summary>
    public string Authority { get; }

    /// <summary>Segments of the path, decoded. One that is empty stands only at the end.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>Parameters by name, decoded; one without a value has an empty one.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>The path as it is signed.</summary>
    public string CanonicalPath => "/" + string.Join('/', Segments.Select(Uri.EscapeDataString));

    /// <summary>The parameters as they are signed.</summary>
    public string CanonicalQuery => string.Join('&', Parameters
        .Select(parameter => (Name: Uri.EscapeDataString(parameter.Key), Value: Uri.EscapeDataString(parameter.Value)))
        .OrderBy(parameter => parameter.Name, StringComparer.Ordinal).Select(parameter => $"{parameter.Name}={parameter.Value}"));

    /// <summary>Takes an address apart.</summary>
    /// <exception cref="LakehouseException">InvalidData says what is wrong with it.</exception>
    public static S3RequestUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > 8192 || text.Any(c => c <= ' ' || c is '\\' or '#' or '"' or '<' or '>' || c >= 127))
        {
            throw Wrong("is longer than 8192 characters, or has one that does not belong into an address");
        }

        var scheme = text.StartsWith("https://", StringComparison.Ordinal) ? "https" : text.StartsWith("http://", StringComparison.Ordinal) ? "http" : throw Wrong("is neither http nor https");
        var rest = text[(scheme.Length + 3)..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var (place, parameters) = query < 0 ? (rest, "") : (rest[..query], rest[(query + 1)..]);
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (authority, path) = slash < 0 ? (place, "/") : (place[..slash], place[slash..]);
        return new S3RequestUri(text, scheme, AuthorityOf(authority, scheme), PathOf(path), ParametersOf(parameters));
    }

    static string AuthorityOf(string text, string scheme)
    {
        if (text.Length == 0 || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or ':' or '[' or ']')))
        {
            throw Wrong("names no host, or a user");
        }

        var usual = scheme == "https" ? ":443" : ":80";
        return (text.EndsWith(usual, StringComparison.Ordinal) ? text[..^usual.Length] : text).ToLowerInvariant();
    }

    static List<string> PathOf(string path)
    {
        var segments = path[1..].Split('/').Select(Decoded).ToList();
        for (var i = 0; i < segments.Count; i++)
        {
            var isEmpty = segments[i].Length == 0 && i < segments.Count - 1;
            if (isEmpty || segments[i].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or ".." || segments[i].Any(c => c == '/' || char.IsControl(c)))
            {
                throw Wrong("has an empty, '.' or '..' segment, or one with a slash or control character");
            }
        }

        return segments;
    }

    static Dictionary<string, string> ParametersOf(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text.Contains('+', StringComparison.Ordinal))
        {
            throw Wrong("has a plus sign among its parameters: write %20 or %2B");
        }

        foreach (var parameter in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (parameter, "") : (parameter[..equals], parameter[(equals + 1)..]);
            if (!parameters.TryAdd(Decoded(name), Decoded(value)))
            {
                throw Wrong($"has the parameter '{name}' twice");
            }
        }

        return parameters;
    }

    static string Decoded(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                bytes.Add((byte)text[i]);
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                throw Wrong("has a percent sign without two digits");
            }
        }

        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw Wrong("is not UTF-8 once decoded");
        }
    }

    static LakehouseException Wrong(string why) => LakehouseException.InvalidData($"the address {why}");
}
