namespace Lakehouse.Formats.IO;

/// <summary>A folder that moved: what lay below <paramref name="From"/> now lies below <paramref name="To"/>.</summary>
/// <param name="From">Location as the table's metadata spells it; <c>file:/a</c>, <c>file:///a</c> and <c>/a</c> are one, and so are <c>s3:</c>, <c>s3a:</c> and <c>s3n:</c>.</param>
/// <param name="To">Location as the store spells it.</param>
public sealed record Relocation(string From, string To)
{
    /// <summary>Reads <c>OLD=NEW</c>.</summary>
    /// <exception cref="LakehouseException">InvalidData: one of them is missing.</exception>
    public static Relocation Parse(string text)
    {
        // A folder's name may hold '=' (partitions), a scheme never does: the new location begins where a scheme or an absolute path does.
        for (var at = text.IndexOf('='); at > 0 && at < text.Length - 1; at = text.IndexOf('=', at + 1))
        {
            var to = text.AsSpan(at + 1);
            if (to[0] == '/' || (to.IndexOf(":/", StringComparison.Ordinal) is > 0 and var scheme && char.IsAsciiLetter(to[0]) && to[..scheme].IndexOfAny('/', '=') < 0))
            {
                return new Relocation(text[..at], text[(at + 1)..]);
            }
        }

        throw LakehouseException.InvalidData($"relocation \"{text}\" is not of the form OLD=NEW with two absolute locations");
    }

    /// <summary>A location in the one form in which locations are compared.</summary>
    internal static string Canonical(string location)
    {
        if (location.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return $"/{location.AsSpan(5).TrimStart('/')}";
        }

        var isOldS3 = location.StartsWith("s3a://", StringComparison.OrdinalIgnoreCase) || location.StartsWith("s3n://", StringComparison.OrdinalIgnoreCase);
        return isOldS3 ? $"s3{location.AsSpan(3)}" : location;
    }
}
