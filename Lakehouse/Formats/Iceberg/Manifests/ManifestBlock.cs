using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// The entries of one block of a manifest as columns over its unpacked bytes: where each entry and its parts begin. What a filter asks of a field is looked up once for all entries and kept; whole entries are decoded one by one, for
/// those that are wanted.
/// </summary>
internal sealed class ManifestBlock(ManifestLayout layout, byte[] data, int count)
{
    // Filters ask for few fields; those that were asked for longest ago give way.
    private const int MaxFields = 6;

    private readonly Lock gate = new();
    private volatile FieldColumn[] fields = [];

    public ManifestLayout Layout => layout;

    public byte[] Data => data;

    public int Count => count;

    /// <summary>Where each entry begins.</summary>
    public int[] Starts { get; } = new int[count];

    public bool[] IsLive { get; } = new bool[count];

    public long[] Records { get; } = new long[count];

    /// <summary>Whether an entry takes part in the inheritance of row ids: a data file that is not deleted and has no first row id of its own.</summary>
    public bool[] InheritsRowId { get; } = new bool[count];

    /// <summary>Where each partition tuple begins, and how long it is; −1 when there is none.</summary>
    public int[] PartitionStarts { get; } = new int[count];

    public int[] PartitionLengths { get; } = new int[count];

    /// <summary>By <see cref="ManifestMap"/>: where the map of each entry begins; −1 when there is none.</summary>
    public int[][] Maps { get; } = [new int[count], new int[count], new int[count], new int[count], new int[count]];

    /// <summary>Bytes that the block may take in memory.</summary>
    public long Size => data.Length + ((4L + 1 + 8 + 1 + 8 + (5 * 4) + (MaxFields * FieldColumn.BytesPerEntry)) * count) + 1000;

    /// <summary>What the entries say of a field.</summary>
    public FieldColumn Field(int id)
    {
        foreach (var field in fields)
        {
            if (field.FieldId == id)
            {
                return field;
            }
        }

        lock (gate)
        {
            if (Array.Find(fields, field => field.FieldId == id) is { } other)
            {
                return other;
            }

            var column = FieldColumn.Read(this, id);
            fields = [.. fields.AsSpan(fields.Length < MaxFields ? 0 : 1), column];
            return column;
        }
    }

    /// <summary>Finds the entries in a block's bytes.</summary>
    /// <exception cref="LakehouseException">InvalidData: they are malformed.</exception>
    public static ManifestBlock Read(ManifestLayout layout, byte[] data, int count)
    {
        var block = new ManifestBlock(layout, data, count);
        var reader = new AvroReader(data);
        for (var i = 0; i < count; i++)
        {
            block.Starts[i] = reader.Position;
            layout.Walk(ref reader, block, i);
        }

        return reader.Remaining == 0 ? block : throw LakehouseException.InvalidData($"a block has {reader.Remaining} bytes too many");
    }
}

/// <summary>The maps of a data file that filters look into.</summary>
internal enum ManifestMap
{
    ValueCounts,
    NullCounts,
    NanCounts,
    LowerBounds,
    UpperBounds,
}
