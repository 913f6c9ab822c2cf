using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Statistics;

public sealed class ColumnStatisticsTests
{
    private static readonly Schema Schema = new(0, [
        new NestedField(1, "id", true, IcebergType.Long),
        new NestedField(2, "price", false, IcebergType.Double),
        new NestedField(3, "day", false, IcebergType.Date),
        new NestedField(4, "s", false, new StructType([new NestedField(5, "name", false, IcebergType.String)])),
    ]);

    [Fact]
    public void Files_add_up()
    {
        var statistics = Of(
            File(10, nulls: 1, nans: 2, (1, SingleValue.ToBytes(IcebergType.Int, -5), Long(5)), (2, Double(1.5), Double(2.5)), (3, Date(19723), Date(19724)), (5, Text("b"), Text("c"))),
            File(20, nulls: 3, nans: 0, (1, Long(-7), Long(3)), (2, Double(-1.5), Double(2)), (3, Date(19000), Date(19001)), (5, Text("a"), Text("b"))));
        Assert.Equal(["id", "price", "day", "s.name"], statistics.Select(column => column.Name));
        Assert.Equal((30L, 4L, null, 300L, "-7", "5"), (statistics[0].Values, statistics[0].Nulls, statistics[0].Nans, statistics[0].Bytes, statistics[0].LowerText, statistics[0].UpperText));
        Assert.Equal((2L, "-1.5", "2.5"), (statistics[1].Nans, statistics[1].LowerText, statistics[1].UpperText));
        Assert.Equal(("2022-01-08", "2024-01-02"), (statistics[2].LowerText, statistics[2].UpperText));
        Assert.Equal(("a", "c"), (statistics[3].LowerText, statistics[3].UpperText));
    }

    [Fact]
    public void What_one_file_does_not_say_is_unknown()
    {
        var statistics = Of(File(10, 0, 0, (1, Long(1), Long(2))), new DataFile { FilePath = "x", RecordCount = 1, FileSizeInBytes = 1 });
        Assert.Equal((null, null, null, null), (statistics[0].Values, statistics[0].Nulls, statistics[0].Bytes, statistics[0].Lower));
    }

    [Fact]
    public void Files_of_nulls_and_empty_files_take_nothing_away()
    {
        var statistics = Of(
            File(10, 0, 0, (1, Long(1), Long(2)), (2, Double(1), Double(2))),
            File(5, nulls: 5, nans: 0),
            new DataFile { FilePath = "x", RecordCount = 0, FileSizeInBytes = 1 });
        Assert.Equal((15L, 5L, 1L, 2L), (statistics[0].Values, statistics[0].Nulls, statistics[0].Lower, statistics[0].Upper));
        Assert.Equal("2", statistics[1].UpperText);
    }

    [Fact]
    public void Malformed_bounds_are_no_bounds()
    {
        var statistics = Of(File(10, 0, 0, (1, [1, 2, 3], Long(2)), (5, [0xc3], Text("x"))));
        Assert.Null(statistics[0].Lower);
        Assert.Null(statistics[0].Upper);
        Assert.Null(statistics[3].LowerText);
        Assert.Equal(10, statistics[3].Values);
    }

    private static IReadOnlyList<ColumnStatistics> Of(params DataFile[] files)
    {
        var builder = new ColumnStatisticsBuilder(Schema);
        foreach (var file in files)
        {
            builder.Add(file);
        }

        return builder.Finish();
    }

    private static DataFile File(long rows, long nulls, long nans, params (int Id, byte[] Lower, byte[] Upper)[] bounds)
    {
        int[] ids = [1, 2, 3, 5];
        return new DataFile
        {
            FilePath = "f",
            RecordCount = rows,
            FileSizeInBytes = 1,
            ValueCounts = ids.ToDictionary(id => id, _ => rows),
            NullValueCounts = ids.ToDictionary(id => id, _ => nulls),
            NanValueCounts = new Dictionary<int, long> { [2] = nans },
            ColumnSizes = ids.ToDictionary(id => id, _ => rows * 10),
            LowerBounds = bounds.ToDictionary(bound => bound.Id, bound => bound.Lower),
            UpperBounds = bounds.ToDictionary(bound => bound.Id, bound => bound.Upper),
        };
    }

    private static byte[] Long(long value) => SingleValue.ToBytes(IcebergType.Long, value);

    private static byte[] Double(double value) => SingleValue.ToBytes(IcebergType.Double, value);

    private static byte[] Date(int value) => SingleValue.ToBytes(IcebergType.Date, value);

    private static byte[] Text(string value) => SingleValue.ToBytes(IcebergType.String, value);
}
