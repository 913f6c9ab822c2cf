using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>What a client asks to be planned (REST catalog specification, schema "PlanTableScanRequest").</summary>
public sealed record PlanTableScanRequest
{
    /// <summary>Snapshot of a scan of one point in time; null = the newest on the table's <c>main</c>.</summary>
    public long? SnapshotId { get; init; }

    /// <summary>Full names of the wanted fields; null = all.</summary>
    public IReadOnlyList<string>? Select { get; init; }

    /// <summary>The filter as JSON text, for <see cref="ExpressionJson"/>; null = all rows.</summary>
    public string? Filter { get; init; }

    /// <summary>Rows that are enough, for a client that reads no more.</summary>
    public long? MinRowsRequested { get; init; }

    /// <summary>Whether the names of filter and fields are taken as they are written.</summary>
    public bool CaseSensitive { get; init; } = true;

    /// <summary>Whether names are those of the snapshot's own schema.</summary>
    public bool UseSnapshotSchema { get; init; }

    /// <summary>Snapshot after which an incremental scan begins.</summary>
    public long? StartSnapshotId { get; init; }

    /// <summary>Last snapshot of an incremental scan.</summary>
    public long? EndSnapshotId { get; init; }

    /// <summary>Full names of the fields whose statistics come with the files; null = none.</summary>
    public IReadOnlyList<string>? StatsFields { get; init; }

    /// <summary>Whether only appended files are asked for.</summary>
    public bool IsIncremental => EndSnapshotId is not null;

    /// <summary>Reads a request.</summary>
    /// <exception cref="LakehouseException">InvalidData: a member is malformed, or they contradict one another.</exception>
    public static PlanTableScanRequest Read(JsonElement json)
    {
        var fields = new JsonFields(json, "request");
        var request = new PlanTableScanRequest
        {
            SnapshotId = fields.OptionalSnapshotId("snapshot-id"),
            Select = fields.Has("select") ? fields.Strings("select") : null,
            Filter = fields.Find("filter")?.GetRawText(),
            MinRowsRequested = fields.OptionalLong("min-rows-requested"),
            CaseSensitive = fields.OptionalBool("case-sensitive") ?? true,
            UseSnapshotSchema = fields.OptionalBool("use-snapshot-schema") ?? false,
            StartSnapshotId = fields.OptionalSnapshotId("start-snapshot-id"),
            EndSnapshotId = fields.OptionalSnapshotId("end-snapshot-id"),
            StatsFields = fields.Has("stats-fields") ? fields.Strings("stats-fields") : null,
        };
        if (request.StartSnapshotId is not null != (request.EndSnapshotId is not null))
        {
            throw LakehouseException.InvalidData("request: \"start-snapshot-id\" and \"end-snapshot-id\" go together");
        }

        return request.SnapshotId is null || !request.IsIncremental
            ? request
            : throw LakehouseException.InvalidData("request: \"snapshot-id\" asks for one point in time, \"start-snapshot-id\" and \"end-snapshot-id\" for what was appended: one of both");
    }

    /// <summary>Writes the request as a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        WriteNumber(json, "snapshot-id", SnapshotId);
        WriteTexts(json, "select", Select);
        if (Filter is not null)
        {
            json.WritePropertyName("filter");
            // Checked when it was read, and nested deeper than the writer's own check allows.
            json.WriteRawValue(Filter, skipInputValidation: true);
        }

        WriteNumber(json, "min-rows-requested", MinRowsRequested);
        if (!CaseSensitive)
        {
            json.WriteBoolean("case-sensitive", false);
        }

        if (UseSnapshotSchema)
        {
            json.WriteBoolean("use-snapshot-schema", true);
        }

        WriteNumber(json, "start-snapshot-id", StartSnapshotId);
        WriteNumber(json, "end-snapshot-id", EndSnapshotId);
        WriteTexts(json, "stats-fields", StatsFields);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
