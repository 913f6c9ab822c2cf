using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>View metadata as JSON (Iceberg view specification).</summary>
public static class ViewMetadataJson
{
    private const string What = "view metadata";

    /// <summary>Reads and checks a view metadata file.</summary>
    /// <exception cref="LakehouseException">InvalidData names the field and the reason; Unsupported names a newer version or type.</exception>
    public static ViewMetadata Parse(ReadOnlyMemory<byte> utf8) => JsonText.Read(utf8, What, Read);

    /// <summary>Reads and checks view metadata that stands within other JSON.</summary>
    public static ViewMetadata Read(JsonElement json)
    {
        var fields = new JsonFields(json, What);
        var formatVersion = fields.Int("format-version");
        if (formatVersion != 1)
        {
            throw LakehouseException.Unsupported($"{What}: format-version {formatVersion} is not supported");
        }

        var view = new ViewMetadata
        {
            ViewUuid = fields.Uuid("view-uuid"),
            FormatVersion = formatVersion,
            Location = fields.String("location"),
            Schemas = fields.Array("schemas").Select(item => SchemaJson.Read(item.Element, item.Path)).ToList(),
            CurrentVersionId = fields.Int("current-version-id"),
            Versions = fields.Array("versions").Select(item => ReadVersion(new JsonFields(item.Element, item.Path))).ToList(),
            VersionLog = fields.Array("version-log").Select(item => new JsonFields(item.Element, item.Path)).Select(entry => new ViewLogEntry(entry.Long("timestamp-ms"), entry.Int("version-id"))).ToList(),
            Properties = fields.OptionalTexts("properties"),
        };
        Check(view, fields);
        return view;
    }

    /// <summary>Writes view metadata as the UTF-8 text of a metadata file.</summary>
    public static byte[] Write(ViewMetadata view) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("view-uuid", view.ViewUuid.ToString("D"));
        json.WriteNumber("format-version", view.FormatVersion);
        json.WriteString("location", view.Location);
        JsonText.WriteTexts(json, "properties", view.Properties);
        json.WriteStartArray("schemas");
        foreach (var schema in view.Schemas)
        {
            SchemaJson.Write(json, schema);
        }

        json.WriteEndArray();
        json.WriteNumber("current-version-id", view.CurrentVersionId);
        json.WriteStartArray("versions");
        foreach (var version in view.Versions)
        {
            WriteVersion(json, version);
        }

        json.WriteEndArray();
        json.WriteStartArray("version-log");
        foreach (var entry in view.VersionLog)
        {
            json.WriteStartObject();
            json.WriteNumber("timestamp-ms", entry.TimestampMs);
            json.WriteNumber("version-id", entry.VersionId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static ViewVersion ReadVersion(JsonFields fields) => new(
        fields.Int("version-id"),
        fields.Int("schema-id"),
        fields.Long("timestamp-ms"),
        fields.Texts("summary"),
        fields.Array("representations").Select(item =>
        {
            var representation = new JsonFields(item.Element, item.Path);
            return representation.String("type") is var type and not "sql"
                ? throw LakehouseException.Unsupported($"{item.Path}: representation type \"{type}\" is not known")
                : new SqlViewRepresentation(representation.String("sql"), representation.String("dialect"));
        }).ToList(),
        fields.OptionalString("default-catalog"),
        fields.Strings("default-namespace"));

    private static void WriteVersion(Utf8JsonWriter json, ViewVersion version)
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

        json.WriteStartArray("default-namespace");
        foreach (var level in version.DefaultNamespace)
        {
            json.WriteStringValue(level);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Check(ViewMetadata view, JsonFields fields)
    {
        if (!view.Versions.Any(version => version.VersionId == view.CurrentVersionId))
        {
            throw fields.Wrong("current-version-id", $"is {view.CurrentVersionId}, which is none of the versions");
        }

        foreach (var version in view.Versions)
        {
            if (version.Representations.Count == 0)
            {
                throw fields.Wrong("versions", $"has version {version.VersionId} without representations");
            }

            if (version.Representations.GroupBy(representation => representation.Dialect, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw fields.Wrong("versions", $"has version {version.VersionId} with several queries in dialect \"{twice.Key}\"");
            }
        }

        // Older versions may have lost their schema; the current one needs its.
        if (!view.Schemas.Any(schema => schema.SchemaId == view.CurrentVersion.SchemaId))
        {
            throw fields.Wrong("current-version-id", $"is a version of schema {view.CurrentVersion.SchemaId}, which is none of the schemas");
        }
    }
}
