namespace Lakehouse.Formats.Iceberg;

/// <summary>What manifests know of a column over all files of a snapshot. Null = some file does not say.</summary>
/// <param name="FieldId">Field id.</param>
/// <param name="Name">Full name.</param>
/// <param name="Type">Type.</param>
/// <param name="Values">Values, nulls and NaNs included.</param>
/// <param name="Nulls">Nulls.</param>
/// <param name="Nans">NaNs.</param>
/// <param name="Bytes">Bytes on disk.</param>
/// <param name="Lower">A value that none is below; as text in <paramref name="LowerText"/>.</param>
/// <param name="Upper">A value that none is above; as text in <paramref name="UpperText"/>.</param>
/// <param name="LowerText">Text for people.</param>
/// <param name="UpperText">Text for people.</param>
public sealed record ColumnStatistics(
    int FieldId, string Name, IcebergType Type, long? Values, long? Nulls, long? Nans, long? Bytes, object? Lower, object? Upper, string? LowerText, string? UpperText);

/// <summary>Adds up the statistics of a schema's primitive columns over data files. Deletes are not taken into account: counts and bounds are those of the files.</summary>
public sealed class ColumnStatisticsBuilder
{
    private readonly List<Column> columns;

    /// <summary>Starts with no files.</summary>
    public ColumnStatisticsBuilder(Schema schema) =>
        columns = SchemaFields.All(schema).Where(item => item.Field.Type is PrimitiveType).Select(item => new Column(item.Field, item.FullName)).ToList();

    /// <summary>Adds a data file.</summary>
    public void Add(DataFile file)
    {
        foreach (var column in columns)
        {
            column.Add(file);
        }
    }

    /// <summary>The statistics, in the order of the schema.</summary>
    public IReadOnlyList<ColumnStatistics> Finish() => columns.Select(column => column.Finish()).ToList();

    private sealed class Column(NestedField field, string name)
    {
        private readonly bool isFloating = field.Type == IcebergType.Float || field.Type == IcebergType.Double;
        private long? values = 0;
        private long? nulls = 0;
        private long? nans = 0;
        private long? bytes = 0;
        private object? lower;
        private object? upper;
        private bool boundsKnown = true;

        public void Add(DataFile file)
        {
            if (file.RecordCount == 0)
            {
                return;
            }

            var valuesHere = Of(file.ValueCounts, field.Id);
            var nullsHere = Of(file.NullValueCounts, field.Id);
            var nansHere = isFloating ? Of(file.NanValueCounts, field.Id) : 0;
            values += valuesHere;
            nulls += nullsHere;
            nans += nansHere;
            bytes += Of(file.ColumnSizes, field.Id);
            // A file of nulls and NaNs has no bounds and needs none.
            if (valuesHere is not null && valuesHere == nullsHere + (nansHere ?? 0))
            {
                return;
            }

            var (lowerHere, upperHere) = (Bound(file.LowerBounds), Bound(file.UpperBounds));
            boundsKnown &= lowerHere is not null && upperHere is not null;
            if (boundsKnown)
            {
                lower = lower is not null && SingleValue.Compare(lower, lowerHere!) <= 0 ? lower : lowerHere;
                upper = upper is not null && SingleValue.Compare(upper, upperHere!) >= 0 ? upper : upperHere;
            }
        }

        public ColumnStatistics Finish()
        {
            var (least, greatest) = boundsKnown ? (lower, upper) : (null, null);
            return new ColumnStatistics(field.Id, name, field.Type, values, nulls, isFloating ? nans : null, bytes, least, greatest, Text(least), Text(greatest));
        }

        private static long? Of(IReadOnlyDictionary<int, long>? counts, int id) => counts is not null && counts.TryGetValue(id, out var count) ? count : null;

        private object? Bound(IReadOnlyDictionary<int, byte[]>? bounds)
        {
            if (bounds is null || !bounds.TryGetValue(field.Id, out var serialized))
            {
                return null;
            }

            try
            {
                return SingleValue.FromBytes(field.Type, serialized);
            }
            catch (LakehouseException)
            {
                // Bounds of types without a single value (geometry, variant), or cut within a character: statistics go without.
                return null;
            }
        }

        private string? Text(object? value) => value is null ? null : ValueText.Of(field.Type, value);
    }
}
