using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Avro;

/// <summary>Reads Avro schemas (Avro specification, "Schema Declaration"), with Iceberg's field ids.</summary>
internal sealed class AvroSchemaParser
{
    private const int MaxDepth = 64;
    private const int MaxFixedSize = 1024 * 1024;

    private readonly Dictionary<string, AvroType> named = new(StringComparer.Ordinal);

    public static AvroType Parse(ReadOnlyMemory<byte> json, string what) =>
        JsonText.Read(json, $"{what}: Avro schema", root => new AvroSchemaParser().Read(root, "", $"{what}: Avro schema", 0));

    private AvroType Read(JsonElement json, string space, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw LakehouseException.InvalidData($"{path} is nested too deeply");
        }

        return json.ValueKind switch
        {
            JsonValueKind.String => ByName(json.GetString()!, space, path),
            JsonValueKind.Array => Union(json, space, path, depth),
            _ => Complex(new JsonFields(json, path), space, depth),
        };
    }

    private AvroType Union(JsonElement json, string space, string path, int depth)
    {
        var union = new AvroType(AvroKind.Union);
        union.Branches.AddRange(json.EnumerateArray().Select(branch => Read(branch, space, path, depth + 1)));
        return union.Branches.Count == 0 ? throw LakehouseException.InvalidData($"{path}: a union has no branches") : union;
    }

    private AvroType Complex(JsonFields fields, string space, int depth)
    {
        var type = fields.Required("type");
        if (type.ValueKind != JsonValueKind.String)
        {
            return Read(type, space, fields.Path, depth + 1);
        }

        var logicalType = fields.OptionalString("logicalType");
        switch (type.GetString())
        {
            case "record" or "error":
                return Record(fields, space, depth);
            case "array":
                return new AvroType(AvroKind.Array) { LogicalType = logicalType, Items = Read(fields.Required("items"), space, $"{fields.Path}.items", depth + 1) };
            case "map":
                return new AvroType(AvroKind.Map) { LogicalType = logicalType, Items = Read(fields.Required("values"), space, $"{fields.Path}.values", depth + 1) };
            case "fixed":
                var size = fields.Int("size");
                return size is >= 0 and <= MaxFixedSize
                    ? Name(fields, space, new AvroType(AvroKind.Fixed) { Size = size, LogicalType = logicalType, Precision = Digits(fields, "precision"), Scale = Digits(fields, "scale") })
                    : throw fields.Wrong("size", $"must be 0 to {MaxFixedSize}");
            case "enum":
                return Name(fields, space, new AvroType(AvroKind.Enum) { Symbols = fields.Has("symbols") ? fields.Strings("symbols") : [] });
            case var name:
                var simple = ByName(name!, space, fields.Path);
                return logicalType is null || simple.Kind is AvroKind.Record or AvroKind.Fixed or AvroKind.Enum ? simple : new AvroType(simple.Kind) { LogicalType = logicalType, Precision = Digits(fields, "precision"), Scale = Digits(fields, "scale") };
        }
    }

    // A logical type whose attributes are malformed is to be ignored (Avro specification, "Logical Types"): a decimal's are looked at where one is wanted.
    private static int Digits(JsonFields fields, string name) =>
        fields.Find(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var digits) && digits >= 0 ? digits : 0;

    private AvroType Record(JsonFields fields, string space, int depth)
    {
        var record = Name(fields, space, new AvroType(AvroKind.Record));
        var inner = fields.OptionalString("namespace") ?? (fields.OptionalString("name") is { } name && name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : space);
        foreach (var item in fields.Array("fields"))
        {
            var field = new JsonFields(item.Element, item.Path);
            var fieldName = field.String("name");
            record.Fields.Add(new AvroField(fieldName, Read(field.Required("type"), inner, $"{fields.Path}.{fieldName}", depth + 1), field.OptionalInt("field-id")));
        }

        return record;
    }

    private AvroType Name(JsonFields fields, string space, AvroType type)
    {
        var name = fields.String("name");
        var full = name.Contains('.', StringComparison.Ordinal) ? name : Qualified(fields.OptionalString("namespace") ?? space, name);
        named[full] = type;
        return type;
    }

    private AvroType ByName(string name, string space, string path) => name switch
    {
        "null" => new AvroType(AvroKind.Null),
        "boolean" => new AvroType(AvroKind.Boolean),
        "int" => new AvroType(AvroKind.Int),
        "long" => new AvroType(AvroKind.Long),
        "float" => new AvroType(AvroKind.Float),
        "double" => new AvroType(AvroKind.Double),
        "bytes" => new AvroType(AvroKind.Bytes),
        "string" => new AvroType(AvroKind.String),
        _ => named.GetValueOrDefault(Qualified(space, name)) ?? named.GetValueOrDefault(name) ?? throw LakehouseException.InvalidData($"{path}: type \"{name}\" is not known"),
    };

    private static string Qualified(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
}
