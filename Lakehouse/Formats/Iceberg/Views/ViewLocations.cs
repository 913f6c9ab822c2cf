using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Where the files of a view go.</summary>
public static class ViewLocations
{
    /// <summary>Location of a metadata file: <c>NNNNN-uuid.metadata.json</c> in the folder <c>write.metadata.path</c>, or in <c>metadata</c> below the view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="version">Number of the file, from 0.</param>
    /// <param name="id">Random id.</param>
    public static string MetadataFile(ViewMetadata view, int version, Guid id) => TableLocations.Join(
        TableLocations.Folder(view.Location, view.Properties, "write.metadata.path", "metadata"), string.Create(CultureInfo.InvariantCulture, $"{version:D5}-{id:D}.metadata.json"));
}
