using System.Globalization;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Turns what the writer reports of a file into the metrics of a data file, and checks required columns by them.</summary>
internal sealed class FileMetrics(Schema schema, MetricsConfig? config, string table, IReadOnlyDictionary<(string Path, int FieldId), long> nanCounts)
{
    readonly IReadOnlyDictionary<string, Leaf> leaves = FieldIds.Leaves(schema);
    readonly Dictionary<int, string> required = schema.Fields.Where(field => field.Required && field.Type is PrimitiveType).ToDictionary(field => field.Id, field => field.Name);

    public DataFile Of(WrittenFile file)
    {
        var sizes = new Dictionary<int, long>();
        var values = new Dictionary<int, long>();
        var nulls = new Dictionary<int, long>();
        var nans = new Dictionary<int, long>();
        var lower = new Dictionary<int, byte[]>();
        var upper = new Dictionary<int, byte[]>();
        foreach (var (path, statistics) in file.Columns)
        {
            if (!leaves.TryGetValue(path, out var leaf))
            {
                continue;
            }

            if (required.TryGetValue(leaf.FieldId, out var name) && CountOf(statistics, "null_count") is > 0 and var missing)
            {
                throw LakehouseException.InvalidData($"Column {name} of table {table} is required, and {missing.ToString(CultureInfo.InvariantCulture)} rows have no value in it.");
            }

            var mode = config?.ModeOf(leaf.FieldId) ?? MetricsMode.Default;
            Set(sizes, leaf, CountOf(statistics, "column_size_bytes"));
            if (mode.Kind == MetricsModeKind.None)
            {
                continue;
            }

            Set(values, leaf, CountOf(statistics, "num_values"));
            Set(nulls, leaf, CountOf(statistics, "null_count"));
            if (statistics.GetValueOrDefault("has_nan") == "false")
            {
                nans[leaf.FieldId] = 0;
            }
            else if (nanCounts.TryGetValue((file.Path, leaf.FieldId), out var count))
            {
                nans[leaf.FieldId] = count;
            }

            // Bounds tell of rows; within lists and maps there is no one value a row.
            if (!leaf.Repeated)
            {
                if (statistics.TryGetValue("min", out var min) && ColumnBounds.LowerOfText(leaf.Type, min, mode) is { } low)
                {
                    lower[leaf.FieldId] = low;
                }

                if (statistics.TryGetValue("max", out var max) && ColumnBounds.UpperOfText(leaf.Type, max, mode) is { } high)
                {
                    upper[leaf.FieldId] = high;
                }
            }
        }

        return new DataFile
        {
            FilePath = file.Path,
            RecordCount = file.Rows,
            FileSizeInBytes = file.Bytes,
            ColumnSizes = sizes,
            ValueCounts = values,
            NullValueCounts = nulls,
            NanValueCounts = nans,
            LowerBounds = lower,
            UpperBounds = upper,
        };
    }

    static long? CountOf(IReadOnlyDictionary<string, string> statistics, string name) =>
        statistics.TryGetValue(name, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var count) ? count : null;

    static void Set(Dictionary<int, long> counts, Leaf leaf, long? count)
    {
        if (count is { } known)
        {
            counts[leaf.FieldId] = known;
        }
    }
}
