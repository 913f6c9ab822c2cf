using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Reads partition tuples: the writer's fields are matched with the spec's by field id, where the writer gave none by name, and their values are brought to the spec's types
/// (the source column may have been promoted since, and writers differ in how they hold uuid and decimal).
/// </summary>
internal sealed class PartitionDecoder
{
    private readonly AvroType record;
    private readonly int[] targets;
    private readonly IReadOnlyList<IcebergType?> types;

    public PartitionDecoder(AvroType record, PartitionSpec spec, IReadOnlyList<IcebergType?> types)
    {
        if (record.Kind != AvroKind.Record)
        {
            throw AvroValues.Wrong("a struct", record);
        }

        this.record = record;
        this.types = types;
        targets = record.Fields.Select(field => Target(field, spec)).ToArray();
    }

    public object?[] Read(ref AvroReader reader)
    {
        var values = types.Count == 0 ? [] : new object?[types.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            var type = record.Fields[i].Type;
            if (targets[i] < 0)
            {
                reader.Skip(type);
            }
            else
            {
                values[targets[i]] = reader.Enter(type) is { } entered ? Value(ref reader, entered, types[targets[i]]) : null;
            }
        }

        return values;
    }

    private static int Target(AvroField field, PartitionSpec spec)
    {
        for (var i = 0; i < spec.Fields.Count; i++)
        {
            if (field.FieldId is { } id ? spec.Fields[i].FieldId == id : spec.Fields[i].Name == field.Name || AvroNames.Sanitize(spec.Fields[i].Name) == field.Name)
            {
                return i;
            }
        }

        return -1;
    }

    private static object Value(ref AvroReader reader, AvroType type, IcebergType? target)
    {
        switch (type.Kind)
        {
            case AvroKind.Boolean:
                return reader.ReadBoolean();
            case AvroKind.Int:
                var number = reader.ReadInt();
                return target == IcebergType.Long ? (object)(long)number : number;
            case AvroKind.Long:
                var wide = reader.ReadLong();
                return target == IcebergType.Int || target == IcebergType.Date
                    ? wide is >= int.MinValue and <= int.MaxValue ? (object)(int)wide : throw LakehouseException.InvalidData($"partition value {wide} is out of the range of {target}")
                    : wide;
            case AvroKind.Float:
                var single = reader.ReadFloat();
                return target == IcebergType.Double ? (object)(double)single : single;
            case AvroKind.Double:
                return reader.ReadDouble();
            case AvroKind.String:
                return Text(reader.ReadString(), target);
            case AvroKind.Bytes:
                return Bytes(reader.ReadBytes(), type, target);
            case AvroKind.Fixed:
                return Bytes(reader.ReadFixed(type.Size), type, target);
            default:
                throw AvroValues.Wrong("a primitive partition value", type);
        }
    }

    private static object Text(string text, IcebergType? target) =>
        target != IcebergType.Uuid ? text : Guid.TryParse(text, out var uuid) ? uuid : throw LakehouseException.InvalidData("a partition value is no uuid");

    private static object Bytes(ReadOnlySpan<byte> bytes, AvroType type, IcebergType? target)
    {
        if (target is DecimalType || (target is null && type.LogicalType == "decimal"))
        {
            return DecimalBytes.Read(bytes);
        }

        if (target == IcebergType.Uuid || (target is null && type.LogicalType == "uuid"))
        {
            return bytes.Length == 16 ? new Guid(bytes, bigEndian: true) : throw LakehouseException.InvalidData("a partition value is no uuid");
        }

        return bytes.ToArray();
    }
}
