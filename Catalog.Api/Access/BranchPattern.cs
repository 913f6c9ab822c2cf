namespace LakeAspire.Catalog.Access;

/// <summary>The branches of a grant: a name, or one with asterisks, each of which stands for any characters, slashes included.</summary>
internal static class BranchPattern
{
    const int MaxLength = 255;
    const int MaxAsterisks = 4;

    public static bool Matches(string pattern, string branch)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal))
        {
            return pattern == branch;
        }

        var parts = pattern.Split('*');
        if (branch.Length < parts[0].Length + parts[^1].Length || !branch.StartsWith(parts[0], StringComparison.Ordinal) || !branch.EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        var rest = branch.AsSpan(parts[0].Length, branch.Length - parts[0].Length - parts[^1].Length);
        foreach (var part in parts.AsSpan(1, parts.Length - 2))
        {
            var at = rest.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + part.Length)..];
        }

        return true;
    }

    /// <summary>Reads a pattern; null and empty mean all branches.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 when no branch could have such a name.</exception>
    public static string? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text == "*")
        {
            return null;
        }

        var fine = text.Length <= MaxLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '*') && text.Count(c => c == '*') <= MaxAsterisks;
        return fine ? text : throw CatalogErrors.BadRequest($"branch must be a branch's name or a pattern with at most {MaxAsterisks} asterisks, such as run/*");
    }
}
