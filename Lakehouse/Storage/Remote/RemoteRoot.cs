using Lakehouse.Formats;

namespace Lakehouse.Storage.Remote;

/// <summary>
/// Maps locations below a root to keys. Other than a path of a file system, a key is the text of its location as it stands: <c>a%2Fb</c> is not <c>a/b</c>. Names that servers or clients on the way could
/// take for another one are refused: empty, <c>.</c> and <c>..</c> segments, encoded too, and control characters.
/// </summary>
internal sealed class RemoteRoot
{
    readonly Func<string, string?> canonical;

    /// <param name="root">Location, <c>scheme://container</c> or <c>scheme://container/prefix</c>.</param>
    /// <param name="canonical">Rewrites a location of an alias scheme; null when it is of none that the store serves.</param>
    /// <param name="authority">Length of <c>scheme://container</c> in the canonical root.</param>
    public RemoteRoot(string root, Func<string, string?> canonical, int authority)
    {
        this.canonical = canonical;
        Location = root.TrimEnd('/');
        Prefix = Location.Length > authority ? Location[(authority + 1)..] + "/" : "";
        if (Prefix.Length > 0)
        {
            Check(Prefix[..^1], root);
        }
    }

    /// <summary>The root as it was given, without a slash at its end.</summary>
    public string Location { get; }

    /// <summary>What the keys of all objects begin with; ends with a slash unless empty.</summary>
    public string Prefix { get; }

    public string KeyOf(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        var name = Below(location);
        if (string.IsNullOrEmpty(name))
        {
            throw Denied(location, $"is not below '{Location}'");
        }

        Check(name, location);
        return Prefix + name;
    }

    /// <summary>The key prefix of a location prefix.</summary>
    public string PrefixOf(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix == Location)
        {
            return Prefix;
        }

        var name = Below(prefix) ?? throw Denied(prefix, $"is not below '{Location}'");
        if (name.Length > 0)
        {
            var slash = name.LastIndexOf('/');
            if (slash >= 0)
            {
                Check(name[..slash], prefix);
            }
        }

        return Prefix + name;
    }

    public string LocationOf(string key) => $"{Location}/{key[Prefix.Length..]}";

    string? Below(string location)
    {
        var own = location.StartsWith(Location, StringComparison.Ordinal) ? location : canonical(location);
        return own is not null && own.StartsWith(Location, StringComparison.Ordinal) && own.Length > Location.Length && own[Location.Length] == '/' ? own[(Location.Length + 1)..] : null;
    }

    /// <summary>Refuses names that could be taken for others.</summary>
    public static void Check(string name, string location)
    {
        foreach (var segment in name.Split('/'))
        {
            var plain = segment.Contains('%', StringComparison.Ordinal) ? segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) : segment;
            if (plain is "" or "." or "..")
            {
                throw Denied(location, "has an empty, '.' or '..' segment");
            }
        }

        if (name.Any(char.IsControl))
        {
            throw Denied(location, "has a control character");
        }
    }

    static LakehouseException Denied(string location, string why) =>
        new(LakehouseErrorKind.Denied, $"location '{string.Concat(location.Select(c => char.IsControl(c) ? '?' : c))}' {why}");
}
