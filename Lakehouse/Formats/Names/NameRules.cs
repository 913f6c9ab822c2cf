namespace Lakehouse.Formats;

/// <summary>What a table, a view or a level of a namespace may be called. Names become segments of routes and parts of locations: whatever could lead out of either is refused.</summary>
public static class NameRules
{
    /// <summary>Characters that a name has at the most.</summary>
    public const int MaxLength = 255;

    /// <summary>Why <paramref name="name"/> is refused, as the end of a sentence that begins with it; null when it is fine.</summary>
    public static string? Problem(string? name) => name switch
    {
        null or "" => "is empty",
        { Length: > MaxLength } => $"is longer than {MaxLength} characters",
        _ when name[0] == '.' => "begins with a dot",
        _ when name.Contains('\\', StringComparison.Ordinal) => "contains a backslash",

        // A proxy that takes an escaped slash for one between segments resolves dots and drops what is empty.
        _ when name.Contains('/', StringComparison.Ordinal) && name.Split('/').Any(part => part.Length == 0 || part[0] == '.') => "has nothing, or what begins with a dot, before or behind a slash",
        _ when name.Any(char.IsControl) => "contains a control character",

        // Servers leave these two escapes in a path as they are, so that such a name could mean two things.
        _ when name.Contains("%2F", StringComparison.OrdinalIgnoreCase) || name.Contains("%5C", StringComparison.OrdinalIgnoreCase) => "contains an escaped slash or backslash",
        _ when !IsWellFormed(name) => "is not valid Unicode",
        _ => null,
    };

    /// <summary>The same for names of what is no table, which hold no slash either.</summary>
    public static string? PlainProblem(string? name) => Problem(name) ?? (name!.Contains('/', StringComparison.Ordinal) ? "contains a slash" : null);

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
