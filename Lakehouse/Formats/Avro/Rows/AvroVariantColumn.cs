using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Variants;

namespace Lakehouse.Formats.Avro;

/// <summary>A variant as JSON text, from a record of <c>metadata</c> and <c>value</c> (specification, Appendix A, "Avro").</summary>
internal sealed class AvroVariantColumn(IcebergType type, AvroType? writer, AvroBudget budget) : AvroBytesColumn(type, writer, null, budget)
{
    /// <summary>Whether a record holds what a variant needs, and nothing that would have to be merged into it.</summary>
    public static bool CanRead(AvroType type) => type.Kind == AvroKind.Record && type.Fields.Count == 2
        && type.Fields.TrueForAll(field => field is { Name: "metadata" or "value", Type.Kind: AvroKind.Bytes }) && type.Fields[0].Name != type.Fields[1].Name;

    protected override void AppendValue(ref AvroReader reader, AvroType type)
    {
        var first = reader.ReadBytes();
        var second = reader.ReadBytes();
        Add(type.Fields[0].Name == "metadata" ? VariantJson.ToUtf8(first, second) : VariantJson.ToUtf8(second, first));
    }
}
