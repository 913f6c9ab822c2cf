namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// The source values that a partition value stands for, as a range: what a filter on the source column means for partitions. A transform that keeps no order (bucket) gives no bounds.
/// </summary>
internal readonly record struct PartitionRange(bool HasLower, bool HasUpper, Int128 Lower, Int128 Upper, byte[]? LowerBytes, byte[]? UpperBytes)
{
    // Greater than any byte of UTF-8.
    private const byte AfterText = 0xff;

    public static PartitionRange Unbounded => default;

    /// <summary>The source values of a non-null partition value.</summary>
    public static PartitionRange Of(Transform transform, BoundField source, object value)
    {
        switch (transform.Kind)
        {
            case TransformKind.Identity:
                return ValueKey.TryRead(source.Type, value, out var number, out var bytes) ? new PartitionRange(true, true, number, number, bytes, bytes) : Unbounded;
            case TransformKind.Truncate:
                return ValueKey.TryRead(source.Type, value, out number, out bytes)
                    ? bytes is null ? OfNumber(source.Type, number, transform.Parameter) : OfBytes(source.Type, value, bytes, transform.Parameter)
                    : Unbounded;
            case TransformKind.Year or TransformKind.Month or TransformKind.Day or TransformKind.Hour:
                return value is int count ? OfTime(transform.Kind, source.Type, count) : Unbounded;
            default:
                return Unbounded;
        }
    }

    /// <summary>The source values of all partition values from one to another.</summary>
    public static PartitionRange Between(Transform transform, BoundField source, object least, object greatest)
    {
        var (first, last) = (Of(transform, source, least), Of(transform, source, greatest));
        if (transform.Kind == TransformKind.Truncate && !source.IsBytes && source.Type is not DecimalType)
        {
            return Numbers(source.Type, transform.Parameter, least, greatest);
        }

        // Both ends, or none: an end that is not understood says that the other may not be either.
        return first.HasLower && last.HasLower ? new PartitionRange(true, last.HasUpper, first.Lower, last.Upper, first.LowerBytes, last.UpperBytes) : Unbounded;
    }

    private static PartitionRange OfNumber(PrimitiveType type, Int128 value, int width)
    {
        // At the lower end of the type truncation wraps round to its upper end. What is no multiple of the width came from there.
        return type is DecimalType || value % width == 0 ? new PartitionRange(true, true, value, value + width - 1, null, null) : Unbounded;
    }

    /// <summary>Truncated integers from one to another. Where a wrapped one may be among them (of a column that was an int, too), the least integers are.</summary>
    private static PartitionRange Numbers(PrimitiveType type, int width, object least, object greatest)
    {
        if (!ValueKey.TryRead(type, least, out var lower, out _) || !ValueKey.TryRead(type, greatest, out var upper, out _))
        {
            return Unbounded;
        }

        var last = upper + width - 1;
        lower = lower <= int.MaxValue && last > int.MaxValue ? Int128.Min(lower, int.MinValue) : lower;
        lower = last > long.MaxValue ? Int128.Min(lower, long.MinValue) : lower;
        return new PartitionRange(true, true, lower, last, null, null);
    }

    private static PartitionRange OfBytes(PrimitiveType type, object value, byte[] bytes, int width)
    {
        if (value is string text)
        {
            return new PartitionRange(true, true, 0, 0, bytes, Truncation.Characters(text, width - 1).Length < text.Length ? [.. bytes, AfterText] : bytes);
        }

        if (type != IcebergType.Binary)
        {
            return Unbounded;
        }

        var upper = bytes.Length < width ? bytes : BoundTruncation.Upper((byte[])[.. bytes, 0], width) as byte[];
        return new PartitionRange(true, upper is not null, 0, 0, bytes, upper);
    }

    private static PartitionRange OfTime(TransformKind kind, PrimitiveType type, int count)
    {
        Int128 units = type == IcebergType.Date ? 1 : ValueKey.UnitsPerDay(type);
        if (kind == TransformKind.Hour && type == IcebergType.Date)
        {
            return Unbounded;
        }

        // Early writers cut times before 1970 towards zero: what belongs into a period before it may lie in the next one.
        var isExact = kind == TransformKind.Day && type == IcebergType.Date;
        var first = count <= 0 && !isExact ? count - 1L : count;
        return new PartitionRange(true, true, Start(kind, first, units), Start(kind, count + 1L, units) - 1, null, null);
    }

    private static Int128 Start(TransformKind kind, long count, Int128 unitsPerDay) => kind switch
    {
        TransformKind.Year => CivilDate.ToDays(1970 + count, 1, 1) * unitsPerDay,
        TransformKind.Month => CivilDate.ToDays(1970 + BucketHash.FloorDivide(count, 12), (int)(count - (BucketHash.FloorDivide(count, 12) * 12)) + 1, 1) * unitsPerDay,
        TransformKind.Day => count * unitsPerDay,
        _ => count * (unitsPerDay / 24),
    };
}
