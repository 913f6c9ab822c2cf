using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Parquet;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>
/// Whether a data file says the same to a reader that goes by names as to one that goes by field ids: every published field has its physical name and its type there, or is missing from it under
/// both its id and its name.
/// </summary>
internal static class PublishedFileCheck
{
    /// <summary>Checks a file.</summary>
    /// <param name="file">The file, for errors and partition values.</param>
    /// <param name="spec">Its partition spec.</param>
    /// <param name="columns">The published columns but for those whose values the log tells.</param>
    /// <param name="root">The file's schema.</param>
    /// <exception cref="PublishStopException">It says something else.</exception>
    public static void Check(DataFile file, PartitionSpec spec, IReadOnlyList<PublishedNode> columns, ParquetNode root)
    {
        if (!root.HasFieldIds)
        {
            throw new PublishStopException(PublishStopKind.ColumnNames, $"{file.FilePath} has no field ids: its columns are found by the table's name mapping");
        }

        foreach (var column in columns)
        {
            if (!CheckField(file, column, root, column.Name) && spec.Fields.Any(field => field.SourceId == column.Id && field.Transform.Kind == TransformKind.Identity))
            {
                throw new PublishStopException(PublishStopKind.MissingValues, $"{file.FilePath} leaves out column {column.Name}, which is partitioned by");
            }
        }
    }

    /// <summary>Checks one field of a group; false when the file has none of its id and name.</summary>
    private static bool CheckField(DataFile file, PublishedNode field, ParquetNode group, string path)
    {
        var byId = group.Children.FirstOrDefault(child => child.FieldId == field.Id);
        var byName = group.Children.Where(child => child.Name.Equals(field.Physical, StringComparison.OrdinalIgnoreCase)).ToList();
        if (byId is null && byName.Count == 0)
        {
            return false;
        }

        if (byId is null)
        {
            throw new PublishStopException(PublishStopKind.ColumnNames, $"{file.FilePath} has another column under the name {field.Physical}, which column {path} has in data files");
        }

        if (byId.Name != field.Physical || byName.Count != 1)
        {
            throw new PublishStopException(PublishStopKind.ColumnNames, $"{file.FilePath} calls column {path} {byId.Name}; in data files of the table its name is {field.Physical}");
        }

        CheckType(file, field, byId, path);
        return true;
    }

    private static void CheckType(DataFile file, PublishedNode field, ParquetNode node, string path)
    {
        switch (field.Source)
        {
            case StructType when node.Physical is null && !node.IsRepeated && node.Meaning is not (ParquetMeaning.List or ParquetMeaning.Map):
                foreach (var child in field.Children)
                {
                    CheckField(file, child, node, $"{path}.{child.Name}");
                }

                break;

            // group (LIST) { repeated group { element } }
            case ListType when node is { Meaning: ParquetMeaning.List, Children: [{ IsRepeated: true, Physical: null, Children: [var element] }] }:
                CheckType(file, field.Children[0], element, path + ".element");
                break;

            // group (MAP) { repeated group { key, value } }
            case MapType when node is { Meaning: ParquetMeaning.Map, Children: [{ IsRepeated: true, Children: [var key, var value] }] }:
                CheckType(file, field.Children[0], key, path + ".key");
                CheckType(file, field.Children[1], value, path + ".value");
                break;
            case PrimitiveType when node.Physical is not null && field.FormerTypes.Append(field.Type).Any(type => IsOf(type, node)):
                break;
            default:
                throw new PublishStopException(PublishStopKind.ColumnTypes, $"{file.FilePath} holds column {path} as {node.Physical?.ToString() ?? "a group"} ({node.Meaning}), which is not how Delta has {field.Type}");
        }
    }

    /// <summary>PROTOCOL.md, "Delta Data Type to Parquet Type Mappings".</summary>
    private static bool IsOf(DeltaType type, ParquetNode node) => type switch
    {
        DeltaDecimal number => node is { Meaning: ParquetMeaning.Decimal, Physical: ParquetPhysicalType.Int32 or ParquetPhysicalType.Int64 or ParquetPhysicalType.FixedLenByteArray or ParquetPhysicalType.ByteArray }
            && node.Scale == number.Scale && node.Precision == number.Precision,
        DeltaPrimitive { Name: var name } => (name, node.Physical, node.Meaning) switch
        {
            ("boolean", ParquetPhysicalType.Boolean, _) => true,
            ("integer", ParquetPhysicalType.Int32, ParquetMeaning.None or ParquetMeaning.Integer) => true,
            ("long", ParquetPhysicalType.Int64, ParquetMeaning.None or ParquetMeaning.Integer) => true,
            ("float", ParquetPhysicalType.Float, ParquetMeaning.None) => true,
            ("double", ParquetPhysicalType.Double, ParquetMeaning.None) => true,
            ("date", ParquetPhysicalType.Int32, ParquetMeaning.Date) => true,
            ("timestamp", ParquetPhysicalType.Int64, ParquetMeaning.TimestampMicrosUtc) => true,
            ("timestamp_ntz", ParquetPhysicalType.Int64, ParquetMeaning.TimestampMicrosLocal) => true,
            ("timestamp" or "timestamp_ntz", ParquetPhysicalType.Int96, ParquetMeaning.None) => true,
            ("string", ParquetPhysicalType.ByteArray, ParquetMeaning.Text) => true,
            ("binary", ParquetPhysicalType.ByteArray, ParquetMeaning.None) => true,
            _ => false,
        },
        _ => false,
    };
}
