using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>Makes the columns for a schema out of an Avro file's: fields match by id, or by name mapping where the file has no ids (specification, "Column Projection").</summary>
internal sealed class AvroColumnPlan(bool hasIds, AvroBudget budget, string what)
{
    /// <summary>Whether some field of the file carries an id: then those without any are no columns of the table.</summary>
    public static bool HasIds(AvroType type) => HasIds(type, []);

    /// <summary>The columns for some fields, and how a record of the file fills them.</summary>
    public (AvroColumn[] Columns, AvroRecordPlan Plan) Record(IReadOnlyList<NestedField> wanted, AvroType record, NameMapping mapping, string path)
    {
        var columns = new AvroColumn?[wanted.Count];
        var fields = new List<(AvroType Type, AvroColumn? Column)>();
        foreach (var field in record.Fields)
        {
            var mapped = hasIds ? null : mapping.Find(field.Name);
            var id = hasIds ? field.FieldId : mapped?.FieldId;
            var index = id is null ? -1 : IndexOf(wanted, id.Value);
            if (index >= 0 && columns[index] is null)
            {
                columns[index] = Column(wanted[index], field.Type, mapped?.Nested ?? NameMapping.Empty, $"{path}{wanted[index].Name}");
            }

            fields.Add((field.Type, index >= 0 && fields.TrueForAll(other => other.Column != columns[index]) ? columns[index] : null));
        }

        var absent = new List<AvroColumn>();
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i] is null)
            {
                absent.Add(columns[i] = Absent(wanted[i], $"{path}{wanted[i].Name}"));
            }
        }

        return (columns.OfType<AvroColumn>().ToArray(), new AvroRecordPlan([.. fields], [.. absent]));
    }

    private AvroColumn Column(NestedField field, AvroType writer, NameMapping mapping, string path)
    {
        var branches = writer.Kind == AvroKind.Union ? writer.Branches.Where(branch => branch.Kind != AvroKind.Null).ToList() : [writer];
        if (field.Type is PrimitiveType primitive)
        {
            foreach (var branch in branches.Where(branch => branch.Kind != AvroKind.Null && !AvroNumbers.CanRead(primitive, branch)))
            {
                throw Mismatch(path, primitive, branch);
            }

            return primitive == IcebergType.Unknown && !branches.TrueForAll(branch => branch.Kind == AvroKind.Null) ? throw Mismatch(path, primitive, branches[0]) : Leaf(primitive, writer, null, path);
        }

        if (branches is not [var only])
        {
            throw LakehouseException.Unsupported($"{what}: column {path}: an Avro union of {branches.Count} types for a {field.Type} is not supported");
        }

        switch (field.Type)
        {
            case StructType structure when only.Kind == AvroKind.Record:
                var (children, plan) = Record(structure.Fields, only, mapping, $"{path}.");
                return new AvroStructColumn(structure, writer, null, children, plan);
            case ListType list when only.Kind == AvroKind.Array && only.LogicalType != "map":
                var element = new NestedField(list.ElementId, "element", list.ElementRequired, list.Element);
                return new AvroListColumn(list, writer, null, [Column(element, only.Items!, mapping.Find("element")?.Nested ?? NameMapping.Empty, $"{path}.element")], null, budget);
            case MapType map:
                return Map(map, writer, only, mapping, path);
            default:
                throw Mismatch(path, field.Type, only);
        }
    }

    private AvroListColumn Map(MapType map, AvroType writer, AvroType type, NameMapping mapping, string path)
    {
        var key = new NestedField(map.KeyId, "key", true, map.Key);
        var value = new NestedField(map.ValueId, "value", map.ValueRequired, map.Value);
        var keyMapping = mapping.Find("key")?.Nested ?? NameMapping.Empty;
        var valueMapping = mapping.Find("value")?.Nested ?? NameMapping.Empty;
        if (type.Kind == AvroKind.Map && map.Key == IcebergType.String)
        {
            return new AvroListColumn(map, writer, null, [Leaf(IcebergType.String, null, null, path), Column(value, type.Items!, valueMapping, $"{path}.value")], null, budget);
        }

        if (type is not { Kind: AvroKind.Array, Items: { Kind: AvroKind.Record } pair } || pair.Fields.FindIndex(field => field.Name == "key") is not (>= 0 and var keyAt)
            || pair.Fields.FindIndex(field => field.Name == "value") is not (>= 0 and var valueAt))
        {
            throw Mismatch(path, map, type);
        }

        AvroColumn[] children = [Column(key, pair.Fields[keyAt].Type, keyMapping, $"{path}.key"), Column(value, pair.Fields[valueAt].Type, valueMapping, $"{path}.value")];
        var fields = pair.Fields.Select((field, index) => (field.Type, index == keyAt ? children[0] : index == valueAt ? children[1] : null)).ToArray();
        return new AvroListColumn(map, writer, null, children, new AvroRecordPlan(fields, []), budget);
    }

    private AvroColumn Absent(NestedField field, string path)
    {
        var value = FieldDefaults.Initial(field);
        return value is null && field.Required && field.Type != IcebergType.Unknown
            ? throw LakehouseException.InvalidData($"{what}: required column {path} (field id {field.Id}) is not in the file and has no initial default")
            : Empty(field.Type, value, path);
    }

    /// <summary>A column that is filled with boxed values alone.</summary>
    private AvroColumn Empty(IcebergType type, object? absent, string path) => type switch
    {
        PrimitiveType primitive => Leaf(primitive, null, absent, path),
        StructType structure => new AvroStructColumn(structure, null, absent, [.. structure.Fields.Select(field => Empty(field.Type, null, $"{path}.{field.Name}"))], null),
        ListType list => new AvroListColumn(list, null, absent, [Empty(list.Element, null, path)], null, budget),
        MapType map => new AvroListColumn(map, null, absent, [Empty(map.Key, null, path), Empty(map.Value, null, path)], null, budget),
        _ => throw new ArgumentException($"{type} is no type of a column", nameof(type)),
    };

    private AvroColumn Leaf(PrimitiveType type, AvroType? writer, object? absent, string path) => type.Name switch
    {
        "boolean" => new AvroNumberColumn<byte>(type, writer, absent, static (ref AvroReader reader, AvroType _) => reader.ReadBoolean() ? (byte)1 : (byte)0, static value => (bool)value ? (byte)1 : (byte)0),
        "int" or "date" => new AvroNumberColumn<int>(type, writer, absent, static (ref AvroReader reader, AvroType _) => reader.ReadInt(), static value => (int)value),
        "long" => new AvroNumberColumn<long>(type, writer, absent, static (ref AvroReader reader, AvroType _) => reader.ReadLong(), static value => (long)value),
        "time" => new AvroNumberColumn<long>(type, writer, absent, AvroNumbers.Time, static value => (long)value),
        "timestamp" or "timestamptz" => new AvroNumberColumn<long>(type, writer, absent, AvroNumbers.Micros, static value => (long)value),
        "timestamp_ns" or "timestamptz_ns" => new AvroNumberColumn<long>(type, writer, absent, AvroNumbers.Nanos, static value => (long)value),
        "float" => new AvroNumberColumn<float>(type, writer, absent, static (ref AvroReader reader, AvroType _) => reader.ReadFloat(), static value => (float)value),
        "double" => new AvroNumberColumn<double>(type, writer, absent, AvroNumbers.Double, static value => (double)value),
        "uuid" => new AvroNumberColumn<Guid>(type, writer, absent, AvroNumbers.Uuid, static value => (Guid)value),
        "variant" when absent is not null => throw LakehouseException.InvalidData($"{what}: column {path}: a variant has no default"),
        "variant" => new AvroVariantColumn(type, writer, budget),
        _ when type is DecimalType => new AvroNumberColumn<Int128>(type, writer, absent, AvroNumbers.Decimal, static value => (Int128)value),
        _ => new AvroBytesColumn(type, writer, absent, budget),
    };

    private LakehouseException Mismatch(string path, IcebergType wanted, AvroType found) =>
        LakehouseException.InvalidData($"{what}: column {path} is {wanted}, the file has Avro {found.Kind.ToString().ToLowerInvariant()}{(found.LogicalType is { } logical ? $" ({logical})" : "")}");

    private static int IndexOf(IReadOnlyList<NestedField> fields, int id)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool HasIds(AvroType type, HashSet<AvroType> seen) => seen.Add(type)
        && (type.Fields.Exists(field => field.FieldId is not null || HasIds(field.Type, seen)) || (type.Items is { } items && HasIds(items, seen)) || type.Branches.Exists(branch => HasIds(branch, seen)));
}
