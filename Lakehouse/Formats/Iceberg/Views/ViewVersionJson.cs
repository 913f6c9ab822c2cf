using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Versions of views as JSON (Iceberg view specification, "Versions").</summary>
public static class ViewVersionJson
{
    // The last millisecond of the year 9999: later ones are no dates.
    private const long MaxTimestampMs = 253_402_300_799_999;

    /// <summary>Reads a version that stands within other JSON.</summary>
    /// <param name="json">The version.</param>
    /// <param name="path">Its name in messages.</param>
    /// <exception cref="LakehouseException">InvalidData names the field and the reason; Unsupported names a newer kind of representation.</exception>
    public static ViewVersion Read(JsonElement json, string path = "view-version")
    {
        var fields = new JsonFields(json, path);
        var version = new ViewVersion(
            fields.Int("version-id"),
            fields.Int("schema-id"),
            Timestamp(fields),
            fields.Texts("summary"),
            fields.Array("representations").Select(item => ReadRepresentation(new JsonFields(item.Element, item.Path))).ToList(),
            fields.OptionalString("default-catalog"),
            fields.Strings("default-namespace"))
        {
            StorageTable = fields.Has("storage-table") ? ReadStorageTable(fields.Object("storage-table")) : null,
        };
        return version switch
        {
            { Representations: [] } => throw fields.Wrong("representations", "is empty: a view needs a query"),
            _ when Doubled(version) is { } dialect => throw fields.Wrong("representations", $"has several queries in dialect \"{dialect}\""),
            _ => version,
        };
    }

    /// <summary>Writes a version as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, ViewVersion version)
    {
        json.WriteStartObject();
        json.WriteNumber("version-id", version.VersionId);
        json.WriteNumber("schema-id", version.SchemaId);
        json.WriteNumber("timestamp-ms", version.TimestampMs);
        JsonText.WriteTexts(json, "summary", version.Summary);
        json.WriteStartArray("representations");
        foreach (var representation in version.Representations)
        {
            json.WriteStartObject();
            json.WriteString("type", "sql");
            json.WriteString("sql", representation.Sql);
            json.WriteString("dialect", representation.Dialect);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (version.DefaultCatalog is not null)
        {
            json.WriteString("default-catalog", version.DefaultCatalog);
        }

        WriteLevels(json, "default-namespace", version.DefaultNamespace);
        if (version.StorageTable is { } table)
        {
            json.WriteStartObject("storage-table");
            WriteLevels(json, "namespace", table.Namespace);
            json.WriteString("name", table.Name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>A time that people can be shown.</summary>
    internal static long Timestamp(JsonFields fields) => fields.Long("timestamp-ms") is >= 0 and <= MaxTimestampMs and var milliseconds
        ? milliseconds
        : throw fields.Wrong("timestamp-ms", "must be milliseconds since 1970, not after the year 9999");

    /// <summary>A dialect that has more than one query, or null.</summary>
    internal static string? Doubled(ViewVersion version) =>
        version.Representations.GroupBy(representation => representation.Dialect, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;

    private static SqlViewRepresentation ReadRepresentation(JsonFields fields)
    {
        if (fields.String("type") is var type and not "sql")
        {
            throw LakehouseException.Unsupported($"{fields.Path}: representation type \"{type}\" is not known");
        }

        var representation = new SqlViewRepresentation(fields.String("sql"), fields.String("dialect"));
        return representation switch
        {
            { Sql: "" } => throw fields.Wrong("sql", "is empty"),
            { Dialect: "" } => throw fields.Wrong("dialect", "is empty"),
            _ => representation,
        };
    }

    private static ViewStorageTable ReadStorageTable(JsonFields fields) => new(fields.Strings("namespace"), fields.String("name"));

    private static void WriteLevels(Utf8JsonWriter json, string name, IReadOnlyList<string> levels)
    {
        json.WriteStartArray(name);
        foreach (var level in levels)
        {
            json.WriteStringValue(level);
        }

        json.WriteEndArray();
    }
}
