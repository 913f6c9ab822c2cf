using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>View metadata as JSON (Iceberg view specification), plain or gzip.</summary>
public static class ViewMetadataJson
{
    private const string What = "view metadata";

    /// <summary>Reads and checks a view metadata file; gzip is recognised by its first bytes.</summary>
    /// <exception cref="LakehouseException">InvalidData names the field and the reason; Unsupported names a newer version or type.</exception>
    public static ViewMetadata Parse(ReadOnlyMemory<byte> file) => JsonText.Read(MetadataGzip.Unpack(file, What), What, Read);

    /// <summary>Reads and checks view metadata that stands within other JSON.</summary>
    public static ViewMetadata Read(JsonElement json)
    {
        var fields = new JsonFields(json, What);
        var formatVersion = fields.Int("format-version");
        if (formatVersion != ViewMetadata.SupportedFormatVersion)
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
            Versions = fields.Array("versions").Select(item => ViewVersionJson.Read(item.Element, item.Path)).ToList(),
            VersionLog = fields.Array("version-log").Select(item => new JsonFields(item.Element, item.Path)).Select(entry => new ViewLogEntry(ViewVersionJson.Timestamp(entry), entry.Int("version-id"))).ToList(),
            Properties = fields.OptionalTexts("properties"),
        };
        Check(view, fields);
        return view;
    }

    /// <summary>View metadata as the UTF-8 text of a metadata file.</summary>
    public static byte[] Write(ViewMetadata view) => JsonText.Write(json => Write(json, view));

    /// <summary>Writes view metadata as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, ViewMetadata view)
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
            ViewVersionJson.Write(json, version);
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
    }

    private static void Check(ViewMetadata view, JsonFields fields)
    {
        if (view.Location.Length == 0)
        {
            throw fields.Wrong("location", "is empty");
        }

        if (view.Versions.GroupBy(version => version.VersionId).FirstOrDefault(group => group.Count() > 1) is { } version)
        {
            throw fields.Wrong("versions", $"has version {version.Key} twice");
        }

        if (view.Schemas.GroupBy(schema => schema.SchemaId).FirstOrDefault(group => group.Count() > 1) is { } schema)
        {
            throw fields.Wrong("schemas", $"has schema {schema.Key} twice");
        }

        if (!view.Versions.Any(version => version.VersionId == view.CurrentVersionId))
        {
            throw fields.Wrong("current-version-id", $"is {view.CurrentVersionId}, which is none of the versions");
        }

        // Older versions may have lost their schema; the current one needs its.
        if (!view.Schemas.Any(schema => schema.SchemaId == view.CurrentVersion.SchemaId))
        {
            throw fields.Wrong("current-version-id", $"is a version of schema {view.CurrentVersion.SchemaId}, which is none of the schemas");
        }
    }
}
