namespace Lakehouse.Formats.Iceberg;

/// <summary>Bounds of a column in a file, as manifests hold them: cut to the length of the column's mode, and still bounds.</summary>
public static class ColumnBounds
{
    /// <summary>The lower bound for a least value, or null when the mode keeps none. Values are boxed as <see cref="DataFile.Partition"/> says.</summary>
    public static byte[]? Lower(IcebergType type, object least, MetricsMode mode)
    {
        if (!mode.HasBounds || SingleValue.IsNan(least))
        {
            return null;
        }

        return SingleValue.ToBytes(type, mode.Kind == MetricsModeKind.Truncate && least is (string or byte[]) && type is not FixedType
            ? BoundTruncation.Lower(least, mode.Length)
            : SignedZero(least, isLower: true));
    }

    /// <summary>The upper bound for a greatest value, or null when the mode keeps none or no bound of that length exists.</summary>
    public static byte[]? Upper(IcebergType type, object greatest, MetricsMode mode)
    {
        if (!mode.HasBounds || SingleValue.IsNan(greatest))
        {
            return null;
        }

        if (mode.Kind == MetricsModeKind.Truncate && greatest is (string or byte[]) && type is not FixedType)
        {
            return BoundTruncation.Upper(greatest, mode.Length) is { } bound ? SingleValue.ToBytes(type, bound) : null;
        }

        return SingleValue.ToBytes(type, SignedZero(greatest, isLower: false));
    }

    /// <summary>The lower bound for an engine's text of the least value; null when the text is no value of the type.</summary>
    public static byte[]? LowerOfText(IcebergType type, string least, MetricsMode mode) => mode.HasBounds && ValueParser.TryParse(type, least) is { } value ? Lower(type, value, mode) : null;

    /// <summary>The upper bound for an engine's text of the greatest value; null when the text is no value of the type.</summary>
    public static byte[]? UpperOfText(IcebergType type, string greatest, MetricsMode mode) => mode.HasBounds && ValueParser.TryParse(type, greatest) is { } value ? Upper(type, value, mode) : null;

    /// <summary>Engines don't tell which zero they saw: −0.0 is the safe lower bound, +0.0 the safe upper one.</summary>
    private static object SignedZero(object value, bool isLower) => value switch
    {
        float and 0f => isLower ? -0.0f : 0.0f,
        double and 0d => isLower ? -0.0d : 0.0d,
        _ => value,
    };
}
