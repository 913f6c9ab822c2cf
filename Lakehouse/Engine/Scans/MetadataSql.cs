using System.Globalization;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>Metadata columns as SQL over the files of a group.</summary>
internal sealed class MetadataSql(TableMetadata metadata, IReadOnlyList<ScanItem> items)
{
    public string Of(string name) => name switch
    {
        MetadataColumns.File => PerFile("VARCHAR", item => SqlText.Literal(item.File.File.FilePath)),
        MetadataColumns.Position => "f.file_row_number",
        MetadataColumns.RowId => Inherited(MetadataColumns.RowIdField, $"({PerFile("BIGINT", FirstRowId)} + f.file_row_number)"),
        MetadataColumns.LastUpdatedSequenceNumber => Inherited(MetadataColumns.LastUpdatedSequenceNumberField, PerFile("BIGINT", item => item.File.File.FirstRowId is null ? "NULL" : SqlText.Literal(item.File.DataSequenceNumber))),
        MetadataColumns.SpecId => PerFile("INTEGER", item => SqlText.Literal(item.File.Spec.SpecId)),
        MetadataColumns.Partition => Partition(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    public string Of(FileValue value) => PerFile(value.Type, item => value.Of(item.Index));

    /// <summary>The value of the file's own column where it has one; null whenever what would be inherited is (specification, "Row Lineage").</summary>
    string Inherited(int field, string inherited) => !items[0].Shape.Has(field)
        ? inherited
        : $"CASE WHEN {inherited} IS NULL THEN NULL ELSE coalesce({items[0].Shape[field]}, {inherited}) END";

    static string FirstRowId(ScanItem item) => item.File.File.FirstRowId is { } first ? SqlText.Literal(first) : "NULL";

    string Partition()
    {
        var type = (StructType)MetadataColumns.FieldOf(MetadataColumns.Partition, metadata).Type;
        if (type.Fields.Count == 0)
        {
            return "CAST(NULL AS STRUCT(\"none\" INTEGER))";
        }

        return PerFile(SqlTypes.Of(type), item =>
        {
            var members = type.Fields.Select(field =>
            {
                var place = item.File.Spec.Fields.ToList().FindIndex(own => own.FieldId == field.Id);
                return $"{SqlText.Identifier(field.Name)} := {SqlText.Literal(place < 0 ? null : item.File.File.Partition[place], field.Type)}";
            });
            return $"struct_pack({string.Join(", ", members)})";
        });
    }

    /// <summary>A value that differs from file to file, chosen by the place of the row's file among those read.</summary>
    string PerFile(string type, Func<ScanItem, string> value)
    {
        var values = items.Select(value).ToArray();
        return values.Distinct(StringComparer.Ordinal).Count() == 1
            ? $"CAST({values[0]} AS {type})"
            : string.Create(CultureInfo.InvariantCulture, $"CAST([{string.Join(", ", values)}] AS {type}[])[CAST(f.file_index AS BIGINT) + 1]");
    }
}
