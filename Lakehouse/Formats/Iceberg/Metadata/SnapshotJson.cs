using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Snapshots and references as JSON (specification, Appendix C, "Table Metadata and Snapshots").</summary>
public static class SnapshotJson
{
    /// <summary>Reads a snapshot.</summary>
    public static Snapshot Read(JsonElement json) => Read(json, "snapshot", 2);

    /// <summary>Writes a snapshot as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, Snapshot snapshot) => Write(json, snapshot, 2);

    /// <summary>Reads a reference.</summary>
    public static SnapshotRef ReadRef(JsonElement json) => ReadRef(json, "snapshot reference");

    internal static Snapshot Read(JsonElement json, string path, int formatVersion)
    {
        var fields = new JsonFields(json, path);
        var snapshot = new Snapshot
        {
            SnapshotId = fields.SnapshotId("snapshot-id"),
            ParentSnapshotId = fields.OptionalSnapshotId("parent-snapshot-id") is { } parent and not -1 ? parent : null,
            // Tables that were upgraded from v1 have snapshots without one.
            SequenceNumber = fields.OptionalLong("sequence-number") ?? 0,
            TimestampMs = fields.Long("timestamp-ms"),
            ManifestList = fields.OptionalString("manifest-list"),
            Manifests = fields.Has("manifests") ? fields.Strings("manifests") : null,
            Summary = fields.OptionalTexts("summary"),
            SchemaId = fields.OptionalInt("schema-id"),
            FirstRowId = fields.OptionalLong("first-row-id"),
            AddedRows = fields.OptionalLong("added-rows"),
            KeyId = fields.OptionalString("key-id"),
        };

        if (snapshot is { ManifestList: null, Manifests: null })
        {
            throw fields.Wrong("manifest-list", "is missing");
        }

        if (snapshot.SequenceNumber < 0)
        {
            throw fields.Wrong("sequence-number", "is negative");
        }

        if (formatVersion > 1 && snapshot.SequenceNumber > 0 && snapshot.ManifestList is null)
        {
            throw fields.Wrong("manifest-list", "is missing");
        }

        return snapshot;
    }

    internal static void Write(Utf8JsonWriter json, Snapshot snapshot, int formatVersion)
    {
        json.WriteStartObject();
        if (formatVersion > 1)
        {
            json.WriteNumber("sequence-number", snapshot.SequenceNumber);
        }

        JsonText.WriteSnapshotId(json, "snapshot-id", snapshot.SnapshotId);
        if (snapshot.ParentSnapshotId is { } parent)
        {
            JsonText.WriteSnapshotId(json, "parent-snapshot-id", parent);
        }

        json.WriteNumber("timestamp-ms", snapshot.TimestampMs);
        JsonText.WriteTexts(json, "summary", snapshot.Summary);
        if (snapshot.ManifestList is not null)
        {
            json.WriteString("manifest-list", snapshot.ManifestList);
        }
        else if (snapshot.Manifests is not null)
        {
            json.WriteStartArray("manifests");
            foreach (var manifest in snapshot.Manifests)
            {
                json.WriteStringValue(manifest);
            }

            json.WriteEndArray();
        }

        WriteOptional(json, "schema-id", snapshot.SchemaId);
        WriteOptional(json, "first-row-id", snapshot.FirstRowId);
        WriteOptional(json, "added-rows", snapshot.AddedRows);
        if (snapshot.KeyId is not null)
        {
            json.WriteString("key-id", snapshot.KeyId);
        }

        json.WriteEndObject();
    }

    internal static SnapshotRef ReadRef(JsonElement json, string path)
    {
        var fields = new JsonFields(json, path);
        var type = fields.String("type").ToLowerInvariant() switch
        {
            "branch" => SnapshotRefType.Branch,
            "tag" => SnapshotRefType.Tag,
            var other => throw fields.Wrong("type", $"must be branch or tag, found \"{other}\""),
        };
        var reference = new SnapshotRef(
            fields.SnapshotId("snapshot-id"), type, fields.OptionalInt("min-snapshots-to-keep"), fields.OptionalLong("max-snapshot-age-ms"), fields.OptionalLong("max-ref-age-ms"));
        RequirePositive(fields, "min-snapshots-to-keep", reference.MinSnapshotsToKeep);
        RequirePositive(fields, "max-snapshot-age-ms", reference.MaxSnapshotAgeMs);
        RequirePositive(fields, "max-ref-age-ms", reference.MaxRefAgeMs);
        return reference;
    }

    internal static void WriteRefFields(Utf8JsonWriter json, SnapshotRef reference)
    {
        JsonText.WriteSnapshotId(json, "snapshot-id", reference.SnapshotId);
        json.WriteString("type", reference.Type == SnapshotRefType.Branch ? "branch" : "tag");
        WriteOptional(json, "min-snapshots-to-keep", reference.MinSnapshotsToKeep);
        WriteOptional(json, "max-snapshot-age-ms", reference.MaxSnapshotAgeMs);
        WriteOptional(json, "max-ref-age-ms", reference.MaxRefAgeMs);
    }

    private static void RequirePositive(JsonFields fields, string name, long? value)
    {
        if (value <= 0)
        {
            throw fields.Wrong(name, "must be positive");
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
