namespace Lakehouse.Formats.Iceberg;

/// <summary>Collects the range of each partition field over the files of a manifest.</summary>
internal sealed class PartitionSummaries(IReadOnlyList<IcebergType> types)
{
    private readonly bool[] hasNull = new bool[types.Count];
    private readonly bool[] hasNan = new bool[types.Count];
    private readonly object?[] lower = new object?[types.Count];
    private readonly object?[] upper = new object?[types.Count];

    public void Add(IReadOnlyList<object?> partition)
    {
        for (var i = 0; i < types.Count; i++)
        {
            switch (partition[i])
            {
                case null:
                    hasNull[i] = true;
                    break;
                case { } value when SingleValue.IsNan(value):
                    hasNan[i] = true;
                    break;
                case { } value:
                    lower[i] = lower[i] is { } least && SingleValue.Compare(least, value) <= 0 ? least : value;
                    upper[i] = upper[i] is { } greatest && SingleValue.Compare(greatest, value) >= 0 ? greatest : value;
                    break;
            }
        }
    }

    public IReadOnlyList<PartitionFieldSummary> Finish() =>
        types.Select((type, i) => new PartitionFieldSummary(hasNull[i], hasNan[i], Bytes(type, lower[i]), Bytes(type, upper[i]))).ToList();

    private static byte[]? Bytes(IcebergType type, object? value) => value is null ? null : SingleValue.ToBytes(type, value);
}
