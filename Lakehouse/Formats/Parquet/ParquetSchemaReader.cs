namespace Lakehouse.Formats.Parquet;

/// <summary>
/// Reads the struct <c>FileMetaData</c> of <c>parquet.thrift</c> as far as its fields 2 (schema: nodes depth first, each with the number of its children) and 3 (rows).
/// </summary>
internal static class ParquetSchemaReader
{
    private const int MaxDepth = 100;

    public static ParquetFooter? Read(ReadOnlySpan<byte> footer)
    {
        var reader = new ThriftReader(footer);
        List<(ParquetNode Node, int Children)>? nodes = null;
        var id = 0;
        while (reader.ReadField(ref id, out var type))
        {
            switch (id, type)
            {
                case (2, ThriftReader.List):
                    nodes = ReadNodes(ref reader);
                    break;
                case (3, ThriftReader.I64) when nodes is not null:
                    var rows = reader.ReadNumber();
                    return reader.IsCutOff ? null : new ParquetFooter(Tree(nodes), rows);
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return reader.IsCutOff ? null : throw LakehouseException.InvalidData("the footer has no schema or no number of rows");
    }

    private static List<(ParquetNode Node, int Children)> ReadNodes(ref ThriftReader reader)
    {
        var (count, _) = reader.ReadList();
        var nodes = new List<(ParquetNode, int)>();
        for (var i = 0; i < count && !reader.IsCutOff; i++)
        {
            nodes.Add(ReadNode(ref reader));
        }

        return nodes;
    }

    private static (ParquetNode Node, int Children) ReadNode(ref ThriftReader reader)
    {
        string name = "";
        int? physical = null, fieldId = null, converted = null;
        var (children, precision, scale, repetition) = (0, 0, 0, 0);
        ParquetMeaning? logical = null;
        var id = 0;
        while (reader.ReadField(ref id, out var type))
        {
            switch (id, type)
            {
                case (1, ThriftReader.I32):
                    physical = (int)reader.ReadNumber();
                    break;
                case (3, ThriftReader.I32):
                    repetition = (int)reader.ReadNumber();
                    break;
                case (4, ThriftReader.Binary):
                    name = reader.ReadText();
                    break;
                case (5, ThriftReader.I32):
                    children = (int)reader.ReadNumber();
                    break;
                case (6, ThriftReader.I32):
                    converted = (int)reader.ReadNumber();
                    break;
                case (7, ThriftReader.I32):
                    scale = (int)reader.ReadNumber();
                    break;
                case (8, ThriftReader.I32):
                    precision = (int)reader.ReadNumber();
                    break;
                case (9, ThriftReader.I32):
                    fieldId = (int)reader.ReadNumber();
                    break;
                case (10, ThriftReader.Struct):
                    logical = ReadLogical(ref reader);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return (
            new ParquetNode(name)
            {
                FieldId = fieldId,
                IsOptional = repetition == 1,
                IsRepeated = repetition == 2,
                Physical = (ParquetPhysicalType?)physical,
                Meaning = logical is null or ParquetMeaning.None ? OfConverted(converted) : logical.Value,
                Precision = precision,
                Scale = scale,
            },
            children);
    }

    /// <summary>The union LogicalType: one field, whose id says which. Precision and scale of a decimal stand in the node too.</summary>
    private static ParquetMeaning ReadLogical(ref ThriftReader reader)
    {
        var meaning = ParquetMeaning.None;
        var id = 0;
        while (reader.ReadField(ref id, out var type))
        {
            meaning = id switch
            {
                1 => ParquetMeaning.Text,
                2 => ParquetMeaning.Map,
                3 => ParquetMeaning.List,
                5 => ParquetMeaning.Decimal,
                6 => ParquetMeaning.Date,
                8 when type == ThriftReader.Struct => ReadTimestamp(ref reader),

                // The width of an integer is that of its storage, or the values are of a type that no table format has; the converted type tells.
                10 or 11 => ParquetMeaning.None,
                _ => ParquetMeaning.Other,
            };
            if (id != 8 || type != ThriftReader.Struct)
            {
                reader.Skip(type);
            }
        }

        return meaning;
    }

    /// <summary>TimestampType: 1 isAdjustedToUTC (its type is its value), 2 unit (a union: 1 milliseconds, 2 microseconds, 3 nanoseconds).</summary>
    private static ParquetMeaning ReadTimestamp(ref ThriftReader reader)
    {
        var (utc, unit, id) = (false, 0, 0);
        while (reader.ReadField(ref id, out var type))
        {
            if (id == 1)
            {
                utc = type == 1;
            }
            else if (id == 2 && type == ThriftReader.Struct)
            {
                var inner = 0;
                while (reader.ReadField(ref inner, out var innerType))
                {
                    unit = inner;
                    reader.Skip(innerType);
                }
            }
            else
            {
                reader.Skip(type);
            }
        }

        return unit != 2 ? ParquetMeaning.Other : utc ? ParquetMeaning.TimestampMicrosUtc : ParquetMeaning.TimestampMicrosLocal;
    }

    private static ParquetMeaning OfConverted(int? converted) => converted switch
    {
        null => ParquetMeaning.None,
        0 => ParquetMeaning.Text,
        1 or 2 => ParquetMeaning.Map,
        3 => ParquetMeaning.List,
        5 => ParquetMeaning.Decimal,
        6 => ParquetMeaning.Date,
        10 => ParquetMeaning.TimestampMicrosUtc,
        15 or 16 or 17 or 18 => ParquetMeaning.Integer,
        _ => ParquetMeaning.Other,
    };

    private static ParquetNode Tree(List<(ParquetNode Node, int Children)> nodes)
    {
        var next = 0;
        var root = Build(0);
        return next == nodes.Count ? root : throw LakehouseException.InvalidData("the schema has nodes outside its root");

        ParquetNode Build(int depth)
        {
            if (next == nodes.Count || depth > MaxDepth)
            {
                throw LakehouseException.InvalidData("the schema has fewer nodes than its groups say, or is nested too deep");
            }

            var (node, count) = nodes[next++];
            if (count < 0 || count > nodes.Count)
            {
                throw LakehouseException.InvalidData($"a group of the schema claims {count} children");
            }

            var children = new List<ParquetNode>(count);
            for (var i = 0; i < count; i++)
            {
                children.Add(Build(depth + 1));
            }

            return node with { Children = children };
        }
    }
}
