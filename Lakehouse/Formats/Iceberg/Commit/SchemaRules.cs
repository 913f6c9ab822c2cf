using System.Text.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>What has to hold for a schema by itself, and for one that follows another (specification, "Schema Evolution", "Default values", Appendix E).</summary>
internal static class SchemaRules
{
    /// <summary>Why a schema can't be one of a table of that format version, or null.</summary>
    public static string? Check(Schema schema, int formatVersion)
    {
        foreach (var (field, name) in SchemaFields.All(schema))
        {
            if (formatVersion < 3 && NeedsV3(field.Type))
            {
                return $"column \"{name}\" has type {field.Type}, which needs format version 3";
            }

            if (formatVersion < 3 && (field.InitialDefault is not null || field.WriteDefault is not null))
            {
                return $"column \"{name}\" has a default, which needs format version 3";
            }

            if (field.Type == IcebergType.Unknown && field.Required)
            {
                return $"column \"{name}\" has type unknown, and is always null: it can't be required";
            }

            if ((CheckDefault(field, field.InitialDefault, "initial-default") ?? CheckDefault(field, field.WriteDefault, "write-default")) is { } problem)
            {
                return $"column \"{name}\": {problem}";
            }
        }

        return null;
    }

    /// <summary>Why the rows of a table can't be read by a new schema, or null.</summary>
    /// <param name="before">Current schema so far.</param>
    /// <param name="after">New current schema.</param>
    /// <param name="specs">Partition specs of the table.</param>
    /// <param name="formatVersion">Format version.</param>
    public static string? CheckEvolution(Schema before, Schema after, IReadOnlyList<PartitionSpec> specs, int formatVersion)
    {
        var known = SchemaFields.All(before).ToDictionary(item => item.Field.Id, item => item.Field);
        foreach (var (field, name) in SchemaFields.All(after))
        {
            if (!known.TryGetValue(field.Id, out var old))
            {
                continue;
            }

            var sameKind = field.Type is StructType && old.Type is StructType || field.Type is ListType && old.Type is ListType || field.Type is MapType && old.Type is MapType;
            if (!sameKind && !TypePromotion.IsAllowed(old.Type, field.Type, formatVersion))
            {
                return $"column \"{name}\" can't change from {old.Type} to {field.Type}";
            }

            if (specs.SelectMany(spec => spec.Fields).FirstOrDefault(partition => partition.SourceId == field.Id && !TypePromotion.KeepsPartitions(old.Type, field.Type, partition.Transform)) is { } split)
            {
                return $"column \"{name}\" can't change from {old.Type} to {field.Type}, as partition field \"{split.Name}\" ({split.Transform}) would have other values";
            }

            if (field.InitialDefault != old.InitialDefault)
            {
                return $"column \"{name}\": the initial-default is given once, when the column is added";
            }
        }

        return null;
    }

    private static bool NeedsV3(IcebergType type) =>
        type is PrimitiveType primitive && (primitive.Name is "timestamp_ns" or "timestamptz_ns" or "unknown" or "variant" || primitive.Name.StartsWith("geo", StringComparison.Ordinal));

    private static string? CheckDefault(NestedField field, string? json, string what)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var isNull = document.RootElement.ValueKind == JsonValueKind.Null;
            if (!isNull && field.Type is PrimitiveType type && (type.Name is "unknown" or "variant" || type.Name.StartsWith("geo", StringComparison.Ordinal)))
            {
                return $"the {what} of a column of type {type} is null";
            }

            if (!isNull && field.Type is StructType)
            {
                return document.RootElement.ValueKind == JsonValueKind.Object && !document.RootElement.EnumerateObject().Any() ? null : $"the {what} of a struct is null or empty; its fields have theirs";
            }

            SingleValueJson.Read(document.RootElement, field.Type);
            return null;
        }
        catch (Exception error) when (error is JsonException or LakehouseException)
        {
            return $"the {what} {json} is no {field.Type}: {error.Message}";
        }
    }
}
