using System.Globalization;
using System.Text.Json;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>
/// Statistics of a file as JSON (PROTOCOL.md, "Per-file Statistics"), from Iceberg's metrics. Iceberg's bounds need not be values of the file (texts are cut, other writers give wider ones), so they
/// are called wide. A bound that could hide a row from a Delta reader is left out: that of a floating-point column that may hold NaN, the greatest value there.
/// </summary>
internal static class PublishedStatistics
{
    private const long MicrosecondsPerSecond = 1_000_000;

    // The years 1 to 9999, which every reader's calendar has.
    private const long FirstMicrosecond = -62_135_596_800 * MicrosecondsPerSecond;
    private const long LastMicrosecond = (253_402_300_800 * MicrosecondsPerSecond) - 1;

    /// <summary>The statistics of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="schema">The published schema.</param>
    /// <param name="partitioning">Its partition columns have no statistics: the log has their values.</param>
    public static string Of(DataFile file, PublishedSchema schema, PublishedPartitioning partitioning)
    {
        var columns = schema.Columns.Where(column => !partitioning.Columns.Any(item => item.Column.Id == column.Id)).ToList();
        return JsonText.WriteText(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", file.RecordCount);
            json.WriteBoolean("tightBounds", false);
            WriteBounds(json, "minValues", columns, file, isLower: true);
            WriteBounds(json, "maxValues", columns, file, isLower: false);
            json.WriteStartObject("nullCount");
            foreach (var column in columns.Where(column => column.Children.Count == 0))
            {
                // Counts of nested fields differ by writer in whether a null parent counts.
                if (file.NullValueCounts?.TryGetValue(column.Id, out var nulls) == true && nulls >= 0)
                {
                    json.WriteNumber(column.Physical, nulls);
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static void WriteBounds(Utf8JsonWriter json, string name, IReadOnlyList<PublishedNode> columns, DataFile file, bool isLower)
    {
        json.WriteStartObject(name);
        WriteFields(json, columns, file, isLower);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<PublishedNode> nodes, DataFile file, bool isLower)
    {
        foreach (var node in nodes)
        {
            if (node.Source is StructType)
            {
                if (HasBounds(node, file, isLower))
                {
                    json.WriteStartObject(node.Physical);
                    WriteFields(json, node.Children, file, isLower);
                    json.WriteEndObject();
                }
            }
            else if (Bound(node, file, isLower) is { } bound)
            {
                json.WritePropertyName(node.Physical);
                Write(json, (PrimitiveType)node.Source, bound);
            }
        }
    }

    private static bool HasBounds(PublishedNode node, DataFile file, bool isLower) =>
        node.Source is StructType ? node.Children.Any(child => HasBounds(child, file, isLower)) : Bound(node, file, isLower) is not null;

    /// <summary>A bound that JSON and every reader can say, or null.</summary>
    private static object? Bound(PublishedNode node, DataFile file, bool isLower)
    {
        if (node.Source is not PrimitiveType type || (isLower ? file.LowerBounds : file.UpperBounds)?.GetValueOrDefault(node.Id) is not { } bytes)
        {
            return null;
        }

        object value;
        try
        {
            value = SingleValue.FromBytes(type, bytes);
        }
        catch (LakehouseException)
        {
            // A bound that is none prunes nothing.
            return null;
        }

        var mayHaveNan = file.NanValueCounts?.TryGetValue(node.Id, out var nans) != true || nans > 0;
        return value switch
        {
            bool or byte[] => null,
            float or double when !isLower && mayHaveNan => null,
            float number => float.IsFinite(number) ? (number == 0 ? (isLower ? -0.0f : 0.0f) : number) : null,
            double number => double.IsFinite(number) ? (number == 0 ? (isLower ? -0.0d : 0.0d) : number) : null,
            int days when type == IcebergType.Date => days is >= -719162 and <= 2932896 ? value : null,
            long micros when type == IcebergType.Timestamp || type == IcebergType.TimestampTz => Millisecond(micros, isLower),
            int or long or Int128 or string => value,
            _ => null,
        };
    }

    /// <summary>Readers take timestamps of statistics as of milliseconds: a bound is widened to the next one, as microseconds again.</summary>
    private static object? Millisecond(long micros, bool isLower)
    {
        if (micros is < FirstMicrosecond or > LastMicrosecond)
        {
            return null;
        }

        var rest = ((micros % 1000) + 1000) % 1000;
        var millisecond = rest == 0 ? micros : isLower ? micros - rest : micros + 1000 - rest;
        return millisecond <= LastMicrosecond ? millisecond : null;
    }

    private static void Write(Utf8JsonWriter json, PrimitiveType type, object value)
    {
        switch (value)
        {
            case int number when type != IcebergType.Date:
                json.WriteNumberValue(number);
                break;
            case long micros when type == IcebergType.Timestamp || type == IcebergType.TimestampTz:
                var time = DateTime.UnixEpoch.AddTicks(micros * 10);
                json.WriteStringValue(time.ToString(type == IcebergType.TimestampTz ? "yyyy-MM-ddTHH:mm:ss.fffZ" : "yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture));
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case float number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case Int128:
                json.WriteRawValue(ValueText.Of(type, value));
                break;
            default:
                json.WriteStringValue(ValueText.Of(type, value));
                break;
        }
    }
}
