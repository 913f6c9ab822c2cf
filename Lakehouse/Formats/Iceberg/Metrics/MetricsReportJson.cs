using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reports of engines as JSON (REST catalog specification).</summary>
public static class MetricsReportJson
{
    /// <summary>Reads a report.</summary>
    /// <exception cref="LakehouseException">InvalidData names the field and the reason; Unsupported names an unknown kind of report.</exception>
    public static MetricsReport Parse(ReadOnlyMemory<byte> utf8) => JsonText.Read(utf8, "report", Read);

    /// <summary>Reads a report that stands within other JSON.</summary>
    public static MetricsReport Read(JsonElement json)
    {
        var fields = new JsonFields(json, "report");
        return fields.String("report-type") switch
        {
            "scan-report" => new ScanReport(
                fields.String("table-name"),
                fields.SnapshotId("snapshot-id"),
                Filter(fields),
                fields.Int("schema-id"),
                fields.Ints("projected-field-ids"),
                fields.Strings("projected-field-names"),
                Metrics(fields),
                fields.OptionalTexts("metadata")),
            "commit-report" => new CommitReport(
                fields.String("table-name"), fields.SnapshotId("snapshot-id"), fields.Long("sequence-number"), fields.String("operation"), Metrics(fields), fields.OptionalTexts("metadata")),
            var other => throw LakehouseException.Unsupported($"report: report-type \"{other}\" is not known"),
        };
    }

    /// <summary>Writes a report as UTF-8 text.</summary>
    public static byte[] Write(MetricsReport report) => JsonText.Write(json => Write(json, report));

    /// <summary>Writes a report as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, MetricsReport report)
    {
        json.WriteStartObject();
        json.WriteString("report-type", report.ReportType);
        json.WriteString("table-name", report.TableName);
        json.WriteNumber("snapshot-id", report.SnapshotId);
        switch (report)
        {
            case ScanReport scan:
                WriteScan(json, scan);
                break;
            case CommitReport commit:
                json.WriteNumber("sequence-number", commit.SequenceNumber);
                json.WriteString("operation", commit.Operation);
                break;
        }

        json.WriteStartObject("metrics");
        foreach (var (name, metric) in report.Metrics)
        {
            json.WritePropertyName(name);
            Write(json, metric);
        }

        json.WriteEndObject();
        JsonText.WriteTexts(json, "metadata", report.Metadata);
        json.WriteEndObject();
    }

    private static void WriteScan(Utf8JsonWriter json, ScanReport scan)
    {
        json.WritePropertyName("filter");
        json.WriteRawValue(scan.Filter);
        json.WriteNumber("schema-id", scan.SchemaId);
        json.WriteStartArray("projected-field-ids");
        foreach (var id in scan.ProjectedFieldIds)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
        json.WriteStartArray("projected-field-names");
        foreach (var name in scan.ProjectedFieldNames)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReportedMetric metric)
    {
        json.WriteStartObject();
        switch (metric)
        {
            case CounterMetric counter:
                json.WriteString("unit", counter.Unit);
                json.WriteNumber("value", counter.Value);
                break;
            case TimerMetric timer:
                json.WriteNumber("count", timer.Count);
                json.WriteString("time-unit", timer.TimeUnit);
                json.WriteNumber("total-duration", timer.TotalDuration);
                break;
        }

        json.WriteEndObject();
    }

    /// <summary>A filter is shown, never evaluated: that it has the form of one is enough.</summary>
    private static string Filter(JsonFields fields)
    {
        var filter = fields.Required("filter");
        return filter.ValueKind is JsonValueKind.True or JsonValueKind.False || (filter.ValueKind == JsonValueKind.Object && filter.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String)
            ? filter.GetRawText()
            : throw fields.Wrong("filter", "must be an expression: true, false, or an object with a type");
    }

    private static Dictionary<string, ReportedMetric> Metrics(JsonFields report)
    {
        var metrics = new Dictionary<string, ReportedMetric>(StringComparer.Ordinal);
        var all = report.Object("metrics");
        foreach (var property in all.Element.EnumerateObject())
        {
            metrics[property.Name] = ReadMetric(new JsonFields(property.Value, $"{all.Path}.{property.Name}"));
        }

        return metrics;
    }

    private static ReportedMetric ReadMetric(JsonFields fields)
    {
        if (fields.Has("unit"))
        {
            return new CounterMetric(fields.String("unit"), fields.Long("value"));
        }

        var unit = fields.String("time-unit");
        return TimerMetric.MillisecondsOf(unit) is null
            ? throw fields.Wrong("time-unit", $"is \"{unit}\", which is no unit of time")
            : new TimerMetric(unit, fields.Long("count"), fields.Long("total-duration"));
    }
}
