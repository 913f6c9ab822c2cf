namespace Lakehouse.Formats.Iceberg;

/// <summary>What the entries of a block say of one field: counts, −1 = not stated, and where in the block's bytes the bounds are, −1 = none.</summary>
internal sealed class FieldColumn(int fieldId, int count)
{
    public const int BytesPerEntry = (3 * 8) + (4 * 4);

    public int FieldId => fieldId;

    public long[] Values { get; } = new long[count];

    public long[] Nulls { get; } = new long[count];

    public long[] Nans { get; } = new long[count];

    public int[] LowerStarts { get; } = new int[count];

    public int[] LowerLengths { get; } = new int[count];

    public int[] UpperStarts { get; } = new int[count];

    public int[] UpperLengths { get; } = new int[count];

    /// <summary>Looks a field up in every entry of a block.</summary>
    public static FieldColumn Read(ManifestBlock block, int fieldId)
    {
        var column = new FieldColumn(fieldId, block.Count);
        ReadNumbers(block, fieldId, ManifestMap.ValueCounts, column.Values);
        ReadNumbers(block, fieldId, ManifestMap.NullCounts, column.Nulls);
        ReadNumbers(block, fieldId, ManifestMap.NanCounts, column.Nans);
        ReadPlaces(block, fieldId, ManifestMap.LowerBounds, column.LowerStarts, column.LowerLengths);
        ReadPlaces(block, fieldId, ManifestMap.UpperBounds, column.UpperStarts, column.UpperLengths);
        return column;
    }

    /// <summary>The facts of one entry.</summary>
    public ColumnFacts FactsOf(ManifestBlock block, int index, BoundField field)
    {
        var facts = default(ColumnFacts);
        facts.SetCounts(field, block.Records[index], Stated(Values[index]), Stated(Nulls[index]), Stated(Nans[index]));
        var (lower, upper) = (LowerStarts[index], UpperStarts[index]);
        facts.SetBounds(
            field,
            lower >= 0,
            lower >= 0 ? block.Data.AsSpan(lower, LowerLengths[index]) : default,
            upper >= 0,
            upper >= 0 ? block.Data.AsSpan(upper, UpperLengths[index]) : default);
        return facts;
    }

    private static long? Stated(long count) => count < 0 ? null : count;

    private static void ReadNumbers(ManifestBlock block, int fieldId, ManifestMap map, long[] numbers)
    {
        var (starts, type, isPairs) = (block.Maps[(int)map], block.Layout.Maps[(int)map], block.Layout.PairMaps[(int)map]);
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = starts[i] < 0 ? -1 : ManifestMaps.FindNumber(block.Data.AsSpan(starts[i]), type!, isPairs, fieldId);
        }
    }

    private static void ReadPlaces(ManifestBlock block, int fieldId, ManifestMap map, int[] places, int[] lengths)
    {
        var (starts, type, isPairs) = (block.Maps[(int)map], block.Layout.Maps[(int)map], block.Layout.PairMaps[(int)map]);
        for (var i = 0; i < places.Length; i++)
        {
            var (start, length) = starts[i] < 0 ? (-1, 0) : ManifestMaps.FindBytes(block.Data.AsSpan(starts[i]), type!, isPairs, fieldId);
            (places[i], lengths[i]) = (start < 0 ? -1 : starts[i] + start, length);
        }
    }
}
