namespace LakeAspire.Catalog.Branches;

/// <summary>What a branch or tag may be called: words of letters, digits, dots, underscores and hyphens, with slashes between them.</summary>
internal static class BranchNames
{
    const int MaxLength = 255;

    /// <summary>Words of the routes, which a prefix of the same name could be taken for.</summary>
    static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase) { "aws", "config", "functions", "namespaces", "oauth", "register", "register-view", "tables", "transactions", "views" };

    /// <summary>Why a name is refused, or null when it is fine.</summary>
    public static string? Problem(string? name) => name switch
    {
        null or "" => "is empty",
        { Length: > MaxLength } => $"is longer than {MaxLength} characters",
        _ when !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/') => "may have letters, digits, dots, underscores, hyphens and slashes only",
        _ when name.Split('/').Any(word => word.Length == 0) => "has an empty word before, after or between slashes",
        _ when name.Split('/').Any(word => word.All(c => c == '.')) => "has a word of dots only",
        _ when Reserved.Contains(name) => "is a word of the catalog's routes",
        _ => null,
    };
}
