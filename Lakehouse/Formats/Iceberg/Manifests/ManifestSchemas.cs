using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The Avro schemas of v2 and v3 manifests and manifest lists (specification, "Manifests", "Manifest Lists", Appendix A).</summary>
internal static class ManifestSchemas
{
    /// <summary>Schema of <c>manifest_file</c>; <see cref="ManifestListWriter"/> writes its fields in this order.</summary>
    public static string ManifestList(int formatVersion) => formatVersion >= 3 ? ManifestListV3 : ManifestListV2;

    private static string ManifestListV2 { get; } = ManifestListOf(2);

    private static string ManifestListV3 { get; } = ManifestListOf(3);

    private static string ManifestListOf(int formatVersion) => JsonText.WriteText(json =>
    {
        StartRecord(json, "manifest_file");
        Field(json, 500, "manifest_path", "string");
        Field(json, 501, "manifest_length", "long");
        Field(json, 502, "partition_spec_id", "int");
        Field(json, 517, "content", "int");
        Field(json, 515, "sequence_number", "long");
        Field(json, 516, "min_sequence_number", "long");
        Field(json, 503, "added_snapshot_id", "long");
        Field(json, 504, "added_files_count", "int");
        Field(json, 505, "existing_files_count", "int");
        Field(json, 506, "deleted_files_count", "int");
        Field(json, 512, "added_rows_count", "long");
        Field(json, 513, "existing_rows_count", "long");
        Field(json, 514, "deleted_rows_count", "long");
        OptionalField(json, 507, "partitions", () => Array(json, 508, () =>
        {
            StartRecord(json, "r508");
            Field(json, 509, "contains_null", "boolean");
            OptionalField(json, 518, "contains_nan", "boolean");
            OptionalField(json, 510, "lower_bound", "bytes");
            OptionalField(json, 511, "upper_bound", "bytes");
            EndRecord(json);
        }));
        OptionalField(json, 519, "key_metadata", "bytes");
        if (formatVersion >= 3)
        {
            OptionalField(json, 520, "first_row_id", "long");
        }

        EndRecord(json);
    });

    /// <summary>Schema of <c>manifest_entry</c>; <see cref="ManifestWriter"/> writes its fields in this order.</summary>
    public static string Manifest(PartitionSpec spec, IReadOnlyList<IcebergType> partitionTypes, int formatVersion) => JsonText.WriteText(json =>
    {
        StartRecord(json, "manifest_entry");
        Field(json, 0, "status", "int");
        OptionalField(json, 1, "snapshot_id", "long");
        OptionalField(json, 3, "sequence_number", "long");
        OptionalField(json, 4, "file_sequence_number", "long");
        StartField(json, 2, "data_file");
        StartRecord(json, "r2");
        Field(json, 134, "content", "int");
        Field(json, 100, "file_path", "string");
        Field(json, 101, "file_format", "string");
        StartField(json, 102, "partition");
        Partition(json, spec, partitionTypes);
        json.WriteEndObject();
        Field(json, 103, "record_count", "long");
        Field(json, 104, "file_size_in_bytes", "long");
        Map(json, 108, "column_sizes", 117, 118, "long");
        Map(json, 109, "value_counts", 119, 120, "long");
        Map(json, 110, "null_value_counts", 121, 122, "long");
        Map(json, 137, "nan_value_counts", 138, 139, "long");
        Map(json, 125, "lower_bounds", 126, 127, "bytes");
        Map(json, 128, "upper_bounds", 129, 130, "bytes");
        OptionalField(json, 131, "key_metadata", "bytes");
        OptionalField(json, 132, "split_offsets", () => Array(json, 133, () => json.WriteStringValue("long")));
        OptionalField(json, 135, "equality_ids", () => Array(json, 136, () => json.WriteStringValue("int")));
        OptionalField(json, 140, "sort_order_id", "int");
        if (formatVersion >= 3)
        {
            OptionalField(json, 142, "first_row_id", "long");
        }

        OptionalField(json, 143, "referenced_data_file", "string");
        if (formatVersion >= 3)
        {
            OptionalField(json, 144, "content_offset", "long");
            OptionalField(json, 145, "content_size_in_bytes", "long");
        }

        EndRecord(json);
        json.WriteEndObject();
        EndRecord(json);
    });

    private static void Partition(Utf8JsonWriter json, PartitionSpec spec, IReadOnlyList<IcebergType> types)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        StartRecord(json, "r102");
        for (var i = 0; i < types.Count; i++)
        {
            var (field, type) = (spec.Fields[i], types[i]);
            var name = AvroNames.Sanitize(field.Name);
            StartField(json, field.FieldId, name);
            json.WriteStartArray();
            json.WriteStringValue("null");
            Primitive(json, type, names);
            json.WriteEndArray();
            json.WriteNull("default");
            if (name != field.Name)
            {
                json.WriteString("iceberg-field-name", field.Name);
            }

            json.WriteEndObject();
        }

        EndRecord(json);
    }

    private static void Primitive(Utf8JsonWriter json, IcebergType type, HashSet<string> names)
    {
        switch (type)
        {
            case DecimalType value:
                Fixed(json, $"decimal_{value.Precision}_{value.Scale}", DecimalBytes.RequiredLength(value.Precision), names, () =>
                {
                    json.WriteString("logicalType", "decimal");
                    json.WriteNumber("precision", value.Precision);
                    json.WriteNumber("scale", value.Scale);
                });
                break;
            case FixedType value:
                Fixed(json, $"fixed_{value.Size}", value.Size, names, () => { });
                break;
            case PrimitiveType { Name: "uuid" }:
                Fixed(json, "uuid_fixed", 16, names, () => json.WriteString("logicalType", "uuid"));
                break;
            case PrimitiveType { Name: "boolean" or "int" or "long" or "float" or "double" or "string" } simple:
                json.WriteStringValue(simple.Name);
                break;
            case PrimitiveType { Name: "binary" }:
                json.WriteStringValue("bytes");
                break;
            case PrimitiveType { Name: "date" }:
                Logical(json, "int", "date", null);
                break;
            case PrimitiveType { Name: "time" }:
                Logical(json, "long", "time-micros", null);
                break;
            case PrimitiveType { Name: "timestamp" or "timestamptz" } timestamp:
                Logical(json, "long", "timestamp-micros", timestamp.Name == "timestamptz");
                break;
            case PrimitiveType { Name: "timestamp_ns" or "timestamptz_ns" } timestamp:
                Logical(json, "long", "timestamp-nanos", timestamp.Name == "timestamptz_ns");
                break;
            default:
                throw LakehouseException.Unsupported($"partition values of type {type} can't be written");
        }
    }

    private static void Fixed(Utf8JsonWriter json, string name, int size, HashSet<string> names, Action extras)
    {
        // Avro defines a named type once and refers to it by name after that.
        if (!names.Add(name))
        {
            json.WriteStringValue(name);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "fixed");
        json.WriteString("name", name);
        json.WriteNumber("size", size);
        extras();
        json.WriteEndObject();
    }

    private static void Logical(Utf8JsonWriter json, string type, string logicalType, bool? adjustToUtc)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("logicalType", logicalType);
        if (adjustToUtc is { } adjust)
        {
            json.WriteBoolean("adjust-to-utc", adjust);
        }

        json.WriteEndObject();
    }

    private static void Map(Utf8JsonWriter json, int id, string name, int keyId, int valueId, string valueType) => OptionalField(json, id, name, () =>
    {
        json.WriteStartObject();
        json.WriteString("type", "array");
        json.WriteString("logicalType", "map");
        json.WritePropertyName("items");
        StartRecord(json, $"k{keyId}_v{valueId}");
        Field(json, keyId, "key", "int");
        Field(json, valueId, "value", valueType);
        EndRecord(json);
        json.WriteEndObject();
    });

    private static void Array(Utf8JsonWriter json, int elementId, Action items)
    {
        json.WriteStartObject();
        json.WriteString("type", "array");
        json.WritePropertyName("items");
        items();
        json.WriteNumber("element-id", elementId);
        json.WriteEndObject();
    }

    private static void StartRecord(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("type", "record");
        json.WriteString("name", name);
        json.WriteStartArray("fields");
    }

    private static void EndRecord(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void StartField(Utf8JsonWriter json, int id, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("field-id", id);
        json.WritePropertyName("type");
    }

    private static void Field(Utf8JsonWriter json, int id, string name, string type)
    {
        StartField(json, id, name);
        json.WriteStringValue(type);
        json.WriteEndObject();
    }

    private static void OptionalField(Utf8JsonWriter json, int id, string name, string type) => OptionalField(json, id, name, () => json.WriteStringValue(type));

    private static void OptionalField(Utf8JsonWriter json, int id, string name, Action type)
    {
        StartField(json, id, name);
        json.WriteStartArray();
        json.WriteStringValue("null");
        type();
        json.WriteEndArray();
        json.WriteNull("default");
        json.WriteEndObject();
    }
}
