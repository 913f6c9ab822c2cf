namespace Lakehouse.Formats.Iceberg;

/// <summary>A partition as a key: two are equal when spec and values are, floating point by bits with one NaN (specification, "Scan Planning", note 3).</summary>
public readonly struct PartitionKey(int specId, IReadOnlyList<object?> values) : IEquatable<PartitionKey>
{
    /// <summary>Partition spec.</summary>
    public int SpecId { get; } = specId;

    /// <summary>Values.</summary>
    public IReadOnlyList<object?> Values { get; } = values;

    /// <summary>Equal keys.</summary>
    public static bool operator ==(PartitionKey left, PartitionKey right) => left.Equals(right);

    /// <summary>Different keys.</summary>
    public static bool operator !=(PartitionKey left, PartitionKey right) => !left.Equals(right);

    /// <summary>The partition of a file.</summary>
    public static PartitionKey Of(DataFile file) => new(file.SpecId, file.Partition);

    /// <inheritdoc />
    public bool Equals(PartitionKey other)
    {
        if (SpecId != other.SpecId || Values.Count != other.Values.Count)
        {
            return false;
        }

        for (var i = 0; i < Values.Count; i++)
        {
            if (!Same(Values[i], other.Values[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is PartitionKey other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(SpecId);
        foreach (var value in Values)
        {
            switch (value)
            {
                case byte[] bytes:
                    hash.AddBytes(bytes);
                    break;
                case float number:
                    hash.Add(float.IsNaN(number) ? 0 : BitConverter.SingleToInt32Bits(number));
                    break;
                case double number:
                    hash.Add(double.IsNaN(number) ? 0 : BitConverter.DoubleToInt64Bits(number));
                    break;
                default:
                    hash.Add(value);
                    break;
            }
        }

        return hash.ToHashCode();
    }

    private static bool Same(object? left, object? right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (float a, float b) => (float.IsNaN(a) && float.IsNaN(b)) || BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b),
        (double a, double b) => (double.IsNaN(a) && double.IsNaN(b)) || BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        _ => Equals(left, right),
    };
}
