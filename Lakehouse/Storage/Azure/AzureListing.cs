using System.Globalization;
using System.Xml.Linq;
using Lakehouse.Formats;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.Azure;

/// <summary>
/// The answer of List Blobs:
/// <code>EnumerationResults/Blobs/Blob/{Name, Properties/{Last-Modified, Content-Length, ResourceType}}, EnumerationResults/NextMarker</code>
/// A name with characters that XML can't hold is percent-encoded and says so by the attribute <c>Encoded</c>.
/// </summary>
internal static class AzureListing
{
    public static (IReadOnlyList<RemoteEntry> Entries, string? Next) Parse(XDocument document)
    {
        var root = document.Root ?? throw Malformed();
        var entries = new List<RemoteEntry>();
        foreach (var blob in root.Element("Blobs")?.Elements("Blob") ?? [])
        {
            var name = blob.Element("Name") ?? throw Malformed();
            var properties = blob.Element("Properties") ?? throw Malformed();
            if (properties.Element("ResourceType")?.Value == "directory")
            {
                continue; // of an account with a hierarchical namespace
            }

            if (!long.TryParse(properties.Element("Content-Length")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                || !DateTimeOffset.TryParse(properties.Element("Last-Modified")?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var modified))
            {
                throw Malformed();
            }

            entries.Add(new RemoteEntry(name.Attribute("Encoded")?.Value == "true" ? Uri.UnescapeDataString(name.Value) : name.Value, size, modified));
        }

        return (entries, root.Element("NextMarker")?.Value is { Length: > 0 } next ? next : null);
    }

    static RemoteFailure Malformed() => new(LakehouseErrorKind.Unavailable, "the store's answer to a listing is malformed", isRetryable: false);
}
