using System.Globalization;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Turns what the writer reports of a file into the metrics of a data file, and checks required columns by them.</summary>
internal sealed class FileMetrics(Schema schema, string table)
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

            Count(statistics, "column_size_bytes", leaf, sizes);
            Count(statistics, "num_values", leaf, values);
            Count(statistics, "null_count", leaf, nulls);
            if (statistics.GetValueOrDefault("has_nan") == "false")
            {
                nans[leaf.FieldId] = 0;
            }

            // Bounds tell of rows; within lists and maps there is no one value a row.
            if (!leaf.Repeated)
            {
                if (statistics.TryGetValue("min", out var min) && Bounds.Lower(min, leaf.Type) is { } low)
                {
                    lower[leaf.FieldId] = low;
                }

                if (statistics.TryGetValue("max", out var max) && Bounds.Upper(max, leaf.Type) is { } high)
                {
                    upper[leaf.FieldId] = high;
                }
            }

            if (required.TryGetValue(leaf.FieldId, out var name) && nulls.GetValueOrDefault(leaf.FieldId) is > 0 and var count)
            {
                throw LakehouseException.InvalidData($"Column {name} of table {table} is required, and {count.ToString(CultureInfo.InvariantCulture)} rows have no value in it.");
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

    static void Count(IReadOnlyDictionary<string, string> statistics, string name, Leaf leaf, Dictionary<int, long> counts)
    {
        if (statistics.TryGetValue(name, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var count))
        {
            counts[leaf.FieldId] = count;
        }
    }
}
