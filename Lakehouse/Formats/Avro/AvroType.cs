namespace Lakehouse.Formats.Avro;

internal enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Fixed,
    Enum,
    Array,
    Map,
    Record,
    Union,
}

/// <summary>A field of an Avro record; <paramref name="FieldId"/> is Iceberg's (specification, Appendix A, "Avro").</summary>
internal sealed record AvroField(string Name, AvroType Type, int? FieldId);

/// <summary>A type of an Avro schema. A record may contain itself.</summary>
internal sealed class AvroType(AvroKind kind)
{
    private int? leastSize;
    private bool sizing;

    public AvroKind Kind { get; } = kind;

    public string? LogicalType { get; init; }

    /// <summary>Digits of a decimal; 0 when not stated.</summary>
    public int Precision { get; init; }

    /// <summary>Digits of a decimal after the point.</summary>
    public int Scale { get; init; }

    /// <summary>Symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Bytes of a fixed.</summary>
    public int Size { get; init; }

    /// <summary>Fields of a record; filled after the record is known by name.</summary>
    public List<AvroField> Fields { get; } = [];

    /// <summary>Element of an array, or value of a map.</summary>
    public AvroType? Items { get; set; }

    /// <summary>Branches of a union.</summary>
    public List<AvroType> Branches { get; } = [];

    /// <summary>The least number of bytes that a value takes: bounds how many values a block can claim to hold.</summary>
    public int LeastSize
    {
        get
        {
            if (leastSize is { } known)
            {
                return known;
            }

            if (sizing)
            {
                return 0;
            }

            sizing = true;
            var size = Kind switch
            {
                AvroKind.Null => 0L,
                AvroKind.Float => 4,
                AvroKind.Double => 8,
                AvroKind.Fixed => Size,
                AvroKind.Record => Fields.Sum(f => (long)f.Type.LeastSize),
                _ => 1,
            };
            sizing = false;
            leastSize = (int)Math.Min(size, int.MaxValue);
            return leastSize.Value;
        }
    }
}
