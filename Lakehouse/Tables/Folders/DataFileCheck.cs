using System.Globalization;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Folders;

/// <summary>Holds what a manifest says of a data file against its rows: the engine counts and compares, in one pass over the file.</summary>
internal sealed class DataFileCheck(DuckDbConnection connection, LocatedTable table, ILocalFiles files)
{
    public async Task<IReadOnlyList<TableFault>> RunAsync(ManifestEntry entry, CancellationToken cancellationToken)
    {
        var file = entry.DataFile;
        try
        {
            var spec = table.Metadata.SpecById(file.SpecId) ?? throw LakehouseException.InvalidData($"the table has no partition spec {file.SpecId}");
            var sequence = entry.SequenceNumber ?? 0;
            var scan = new ScanFile(file, sequence, entry.FileSequenceNumber ?? sequence, entry.SnapshotId, spec, []);
            var schema = table.Metadata.CurrentSchema;
            var relation = await SnapshotRelation.BuildAsync(connection, new ScanTarget(table.Folder, table.Metadata, schema, [scan]) { Store = table.Store }, files, cancellationToken);
            // A default fills in what the file does not hold, so that its statistics say less than the rows; those of a variant count what Parquet holds.
            var columns = schema.Fields.Where(field => field.InitialDefault is null && field.Type is PrimitiveType { Name: not "variant" } or DecimalType).SelectMany(field => Checks(file, field));
            var checks = new[] { Check($"count(*) <> {file.RecordCount}", "'holds ' || count(*) || ' rows, the manifest says " + Text(file.RecordCount) + "'") }.Concat(columns);
            var faults = new List<TableFault>();
            await using var result = await connection.QueryAsync($"SELECT unnest(list_filter([{string.Join(", ", checks)}], lambda fault: fault IS NOT NULL)) FROM {relation.Sql} AS t", cancellationToken: cancellationToken);
            await foreach (var batch in result.ReadAsync(cancellationToken))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.RowCount; row++)
                    {
                        faults.Add(new TableFault(TableFaultKind.Different, file.FilePath, System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row))));
                    }
                }
            }

            return faults;
        }
        catch (LakehouseException error) when (error.Kind is not LakehouseErrorKind.Unavailable)
        {
            return [new TableFault(TableFaultKind.Unreadable, file.FilePath, error.Message)];
        }
    }

    static IEnumerable<string> Checks(DataFile file, NestedField field)
    {
        var column = SqlText.Identifier("t", field.Name);
        if (file.NullValueCounts is { } nulls && nulls.TryGetValue(field.Id, out var nullCount))
        {
            yield return Check($"count(*) - count({column}) <> {Text(nullCount)}", Said(field, $"' || (count(*) - count({column})) || ' nulls", $"{Text(nullCount)}"));
        }

        var isFloat = field.Type == IcebergType.Float || field.Type == IcebergType.Double;
        if (isFloat && file.NanValueCounts is { } nans && nans.TryGetValue(field.Id, out var nanCount))
        {
            yield return Check($"count(*) FILTER (WHERE isnan({column})) <> {Text(nanCount)}", Said(field, $"' || count(*) FILTER (WHERE isnan({column})) || ' NaNs", Text(nanCount)));
        }

        var filter = isFloat ? $" FILTER (WHERE NOT isnan({column}))" : "";
        if (Bound(file.LowerBounds, field) is { } lower)
        {
            yield return Check($"min({column}){filter} < {lower}", Said(field, $"the least value ' || CAST(min({column}){filter} AS VARCHAR) || '", $"a greater lower bound"));
        }

        if (Bound(file.UpperBounds, field) is { } upper)
        {
            yield return Check($"max({column}){filter} > {upper}", Said(field, $"the greatest value ' || CAST(max({column}){filter} AS VARCHAR) || '", $"a lesser upper bound"));
        }
    }

    static string? Bound(IReadOnlyDictionary<int, byte[]>? bounds, NestedField field)
    {
        try
        {
            // Bounds of a zone-aware nanosecond column and of shapes have no literal; what they say is not compared.
            return bounds is not null && bounds.TryGetValue(field.Id, out var bytes) && SingleValue.FromBytes(field.Type, bytes) is { } value and not (double.NaN or float.NaN) ? SqlText.Literal(value, field.Type) : null;
        }
        catch (Exception error) when (error is LakehouseException or ArgumentException)
        {
            return null;
        }
    }

    static string Said(NestedField field, string found, string told) => $"'column {field.Name.Replace("'", "''", StringComparison.Ordinal)}: {found}, the manifest says {told}'";

    static string Check(string isWrong, string message) => $"CASE WHEN {isWrong} THEN {message} END";

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
