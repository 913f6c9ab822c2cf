namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// What locations are compared by before something is deleted. Other writers spell the location of a file differently from a listing of the store: with or without percent-encoding, <c>s3a:</c> for <c>s3:</c>, with
/// doubled slashes. All these spellings have one key. Different files may have one key too: then one that is needed keeps the others.
/// </summary>
public static class LocationKey
{
    /// <summary>The key of a location.</summary>
    public static string Of(string location)
    {
        var text = Decoded(location);
        var scheme = text.IndexOf(':', StringComparison.Ordinal);
        var isPath = scheme <= 0 || text.AsSpan(0, scheme).ContainsAny('/', '\\');
        var (name, rest) = isPath ? ("file", text) : (text[..scheme].ToLowerInvariant(), text[(scheme + 1)..]);
        var isFile = name == "file";
        rest = isFile && rest.StartsWith("//localhost/", StringComparison.OrdinalIgnoreCase) ? rest["//localhost".Length..] : rest;
        var path = string.Join('/', rest.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return name switch
        {
            "file" => $"/{path}",
            "s3" or "s3a" or "s3n" => $"s3://{path}",
            "abfs" or "abfss" or "wasb" or "wasbs" or "az" => $"az://{path}",
            _ => $"{name}://{path}",
        };
    }

    /// <summary>Decoded as often as there is something to decode: which of the spellings is the encoded one cannot be told.</summary>
    private static string Decoded(string location)
    {
        for (var text = location; ;)
        {
            var decoded = Uri.UnescapeDataString(text);
            if (decoded == text)
            {
                return text;
            }

            text = decoded;
        }
    }
}
