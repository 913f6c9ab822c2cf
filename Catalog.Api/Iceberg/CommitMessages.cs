using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>What a commit is called whose client gave it no message.</summary>
internal static class CommitMessages
{
    public static string Of(IReadOnlyList<TableChangeRequest> changes) => string.Join(", ", changes.Take(5).Select(Of)) + (changes.Count > 5 ? ", …" : "");

    static string Of(TableChangeRequest change)
    {
        var verb = change.Requirements.Any(r => r is AssertCreate) ? "create" : change.Updates.OfType<AddSnapshot>().LastOrDefault()?.Snapshot.Operation ?? "alter";
        return $"{verb} {change.Table}";
    }
}

/// <summary>Who commits when the request does not say: the caller's role.</summary>
internal static class Author
{
    public static string Of(HttpContext context) => context.User.Identity?.Name ?? "unknown";
}

/// <summary>The header that names the commit.</summary>
internal static class CommitHeader
{
    public const string Name = "LakeAspire-Commit";

    public static void Set(HttpContext context, long? commitId)
    {
        if (commitId is { } id)
        {
            context.Response.Headers[Name] = id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
