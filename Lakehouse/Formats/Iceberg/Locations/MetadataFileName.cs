using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Names of metadata files: <c>v3.metadata.json</c> of tables that live in a folder, <c>00003-uuid.metadata.json</c> of those that a catalog points to, and both with gzip:
/// <c>.gz.metadata.json</c>, as writers name them now, or <c>.metadata.json.gz</c>, as they did (specification, "Table Metadata and Snapshots", "File System Tables").
/// </summary>
internal static class MetadataFileName
{
    private static readonly string[] Endings = [".gz.metadata.json", ".metadata.json.gz", ".metadata.json"];

    /// <summary>The names under which version <paramref name="version"/> of a table in a folder may lie.</summary>
    public static IEnumerable<string> OfVersion(long version) =>
        new[] { ".metadata.json", ".gz.metadata.json", ".metadata.json.gz" }.Select(ending => string.Create(CultureInfo.InvariantCulture, $"v{version}{ending}"));

    /// <summary>Version of a metadata file; null when the name is none.</summary>
    public static long? VersionOf(string location)
    {
        var name = location[(location.LastIndexOf('/') + 1)..];
        var ending = Array.Find(Endings, ending => name.EndsWith(ending, StringComparison.Ordinal));
        if (ending is null)
        {
            return null;
        }

        var stem = name.AsSpan(0, name.Length - ending.Length);
        var isFolderName = stem.StartsWith("v", StringComparison.Ordinal);
        var digits = isFolderName ? stem[1..] : stem.IndexOf('-') is > 0 and var dash ? stem[..dash] : stem;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
