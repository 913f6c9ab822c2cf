using System.Globalization;
using System.Text;
using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Branches;

/// <summary>
/// Which state of the lake is meant: a branch or a tag, or one of these as of a commit or a time. As text: <c>main</c>, <c>run/42</c>, <c>@123</c>, <c>@2026-11-21T10:00:00Z</c>, <c>dev@123</c>.
/// </summary>
internal sealed record LakeRef
{
    LakeRef(string branch, long? commit, DateTimeOffset? time) => (Branch, Commit, Time) = (branch, commit, time);

    /// <summary>The newest state of <c>main</c>.</summary>
    public static LakeRef Main { get; } = new(BranchRow.Main, null, null);

    /// <summary>Name of a branch or tag; empty for a commit on whichever branch it lies.</summary>
    public string Branch { get; }

    /// <summary>The commit as of which the branch is meant.</summary>
    public long? Commit { get; }

    /// <summary>The time as of which the branch is meant.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>Whether it is a moving branch, or a tag, rather than a point of the past.</summary>
    public bool IsHead => Commit is null && Time is null;

    /// <summary>As people write it.</summary>
    public string Text => this switch
    {
        { Commit: { } commit } => string.Create(CultureInfo.InvariantCulture, $"{Branch}@{commit}"),
        { Time: { } time } => string.Create(CultureInfo.InvariantCulture, $"{Branch}@{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFFFF}Z"),
        _ => Branch,
    };

    /// <summary>As one segment of a route: what is no letter, digit, dot, underscore or hyphen is a tilde and two hexadecimal digits.</summary>
    public string Prefix
    {
        get
        {
            var text = new StringBuilder();
            foreach (var c in Text)
            {
                if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
                {
                    text.Append(c);
                }
                else
                {
                    text.Append(CultureInfo.InvariantCulture, $"~{(int)c:X2}");
                }
            }

            return text.ToString();
        }
    }

    /// <summary>Reads a reference as people write it.</summary>
    /// <exception cref="ApiException">400 says what is wrong with it.</exception>
    public static LakeRef Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Main;
        }

        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return new LakeRef(Checked(text), null, null);
        }

        var branch = at == 0 ? "" : Checked(text[..at]);
        return Point(branch, text[(at + 1)..]);
    }

    /// <summary>The query parameters <c>branch</c> and <c>asOf</c> of <c>/api</c>.</summary>
    public static LakeRef OfQuery(string? branch, string? asOf)
    {
        var reference = Parse(branch);
        if (string.IsNullOrEmpty(asOf))
        {
            return reference;
        }

        // A commit that is named alone is meant on whichever branch it lies.
        return reference.IsHead
            ? Point(string.IsNullOrEmpty(branch) && long.TryParse(asOf, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "" : reference.Branch, asOf)
            : throw CatalogErrors.BadRequest("branch has a point of its own already: leave asOf out");
    }

    /// <summary>Reads what <see cref="Prefix"/> wrote.</summary>
    public static LakeRef OfPrefix(string prefix)
    {
        var text = new StringBuilder(prefix.Length);
        for (var i = 0; i < prefix.Length; i++)
        {
            if (prefix[i] != '~')
            {
                text.Append(prefix[i]);
            }
            else if (i + 2 < prefix.Length && byte.TryParse(prefix.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code is > 31 and < 127)
            {
                text.Append((char)code);
                i += 2;
            }
            else
            {
                throw CatalogErrors.BadRequest("the prefix is not one that this catalog gave: ask for the configuration of the warehouse");
            }
        }

        return Parse(text.ToString());
    }

    static LakeRef Point(string branch, string point)
    {
        if (long.TryParse(point, NumberStyles.None, CultureInfo.InvariantCulture, out var commit))
        {
            return new LakeRef(branch, commit, null);
        }

        return DateTimeOffset.TryParse(point, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? new LakeRef(branch.Length == 0 ? BranchRow.Main : branch, null, time)
            : throw CatalogErrors.BadRequest($"'{Naming.NamespaceName.Shown(point)}' is neither a commit's number nor a time such as 2026-11-21T10:00:00Z");
    }

    static string Checked(string name) =>
        BranchNames.Problem(name) is { } problem ? throw CatalogErrors.BadRequest($"the branch name '{Naming.NamespaceName.Shown(name)}' {problem}") : name;
}
