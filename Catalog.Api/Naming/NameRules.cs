namespace LakeAspire.Catalog.Naming;

/// <summary>What a name may be. Names become parts of routes and of locations, so that whatever could lead out of either is refused.</summary>
internal static class NameRules
{
    public const int MaxLength = 255;

    /// <summary>Why <paramref name="name"/> is refused, or null when it is fine.</summary>
    public static string? Problem(string? name) => name switch
    {
        null or "" => "is empty",
        { Length: > MaxLength } => $"is longer than {MaxLength} characters",
        _ when name[0] == '.' => "begins with a dot",
        _ when name.AsSpan().IndexOfAny('/', '\\') >= 0 => "contains a slash or backslash",
        _ when name.Any(char.IsControl) => "contains a control character",

        // Servers leave these two escapes in a path as they are, so that such a name could mean two things.
        _ when name.Contains("%2F", StringComparison.OrdinalIgnoreCase) || name.Contains("%5C", StringComparison.OrdinalIgnoreCase) => "contains an escaped slash or backslash",
        _ when !IsWellFormed(name) => "is not valid Unicode",
        _ => null,
    };

    static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
