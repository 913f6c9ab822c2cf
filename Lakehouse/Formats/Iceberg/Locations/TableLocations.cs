using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Where the files of a table go (specification, Appendix F, "Path Construction").</summary>
public static class TableLocations
{
    /// <summary>Folder of metadata files: <c>write.metadata.path</c>, or <c>metadata</c> below the table.</summary>
    public static string MetadataFolder(TableMetadata metadata) => Folder(metadata, "write.metadata.path", "metadata");

    /// <summary>Folder of data files: <c>write.data.path</c>, or <c>data</c> below the table.</summary>
    public static string DataFolder(TableMetadata metadata) => Folder(metadata, "write.data.path", "data");

    /// <summary>Location of a data file.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="partitionPath">Folders of its partition (<see cref="PartitionPath.Folder"/>); empty when unpartitioned.</param>
    /// <param name="fileName">Name.</param>
    public static string DataFile(TableMetadata metadata, string partitionPath, string fileName) =>
        partitionPath.Length == 0 ? Join(DataFolder(metadata), fileName) : Join(DataFolder(metadata), partitionPath, fileName);

    /// <summary>Location of a metadata file: <c>NNNNN-uuid.metadata.json</c>.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="version">Number of the file, from 0.</param>
    /// <param name="id">Random id.</param>
    public static string MetadataFile(TableMetadata metadata, int version, Guid id) =>
        Join(MetadataFolder(metadata), string.Create(CultureInfo.InvariantCulture, $"{version:D5}-{id:D}.metadata.json"));

    /// <summary>The version in the name of a metadata file (<c>00003-uuid.metadata.json</c> or <c>v3.metadata.json</c>), or null.</summary>
    public static int? VersionOf(string metadataLocation)
    {
        var name = metadataLocation.AsSpan(metadataLocation.LastIndexOf('/') + 1);
        name = name.Length > 0 && name[0] == 'v' ? name[1..] : name;
        var end = name.IndexOfAnyExceptInRange('0', '9');
        return end > 0 && int.TryParse(name[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    /// <summary>Location of a manifest: <c>id-mN.avro</c>.</summary>
    public static string Manifest(TableMetadata metadata, Guid id, int number) => Join(MetadataFolder(metadata), string.Create(CultureInfo.InvariantCulture, $"{id:D}-m{number}.avro"));

    /// <summary>Location of a manifest list: <c>snap-snapshot-attempt-id.avro</c>.</summary>
    public static string ManifestList(TableMetadata metadata, long snapshotId, int attempt, Guid id) =>
        Join(MetadataFolder(metadata), string.Create(CultureInfo.InvariantCulture, $"snap-{snapshotId}-{attempt}-{id:D}.avro"));

    /// <summary>Joins a location and parts below it with single slashes.</summary>
    public static string Join(string location, params ReadOnlySpan<string> parts)
    {
        var joined = location.TrimEnd('/');
        foreach (var part in parts)
        {
            joined = $"{joined}/{part.Trim('/')}";
        }

        return joined;
    }

    /// <summary>A location in the one form in which locations of files are compared: <c>file:/a</c>, <c>file:///a</c> and <c>/a</c> are one.</summary>
    public static string Normalize(string location)
    {
        if (!location.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return location;
        }

        var path = location.AsSpan(5).TrimStart('/');
        return $"/{path}";
    }

    internal static string Folder(string location, IReadOnlyDictionary<string, string> properties, string property, string fallback)
    {
        var path = properties.GetValueOrDefault(property, fallback);
        var isAbsolute = path.Contains("://", StringComparison.Ordinal) || path.StartsWith('/') || path.StartsWith("file:/", StringComparison.Ordinal);
        return isAbsolute ? path.TrimEnd('/') : Join(location, path);
    }

    private static string Folder(TableMetadata metadata, string property, string fallback) => Folder(metadata.Location, metadata.Properties, property, fallback);
}
