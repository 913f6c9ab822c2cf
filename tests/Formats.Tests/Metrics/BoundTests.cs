using FsCheck;
using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Values;

namespace Lakehouse.Formats.Tests.Metrics;

public sealed class BoundTests
{
    [Theory]
    [InlineData("none", MetricsModeKind.None, 0)]
    [InlineData("Counts", MetricsModeKind.Counts, 0)]
    [InlineData("truncate(16)", MetricsModeKind.Truncate, 16)]
    [InlineData("full", MetricsModeKind.Full, 0)]
    public void Modes_are_read(string text, MetricsModeKind kind, int length) => Assert.Equal(new MetricsMode(kind, length), MetricsMode.TryParse(text));

    [Theory]
    [InlineData("truncate(0)")]
    [InlineData("truncate")]
    [InlineData("all")]
    public void Malformed_modes_are_none(string text) => Assert.Null(MetricsMode.TryParse(text));

    [Fact]
    public void Text_bounds_hold_the_value_between_them() => Properties.Hold(Arbitrary.Text.Zip(Gen.Choose(1, 5)), pair =>
    {
        var (text, length) = pair;
        var mode = new MetricsMode(MetricsModeKind.Truncate, length);
        var lower = (string)SingleValue.FromBytes(IcebergType.String, ColumnBounds.Lower(IcebergType.String, text, mode)!);
        Assert.True(SingleValue.Compare(lower, text) <= 0);
        Assert.True(lower.EnumerateRunes().Count() <= length);
        if (ColumnBounds.Upper(IcebergType.String, text, mode) is { } bytes)
        {
            var upper = (string)SingleValue.FromBytes(IcebergType.String, bytes);
            Assert.True(SingleValue.Compare(upper, text) >= 0);
            Assert.True(upper.EnumerateRunes().Count() <= length);
        }
        else
        {
            Assert.All(text.EnumerateRunes().Take(length), rune => Assert.Equal(0x10ffff, rune.Value));
        }
    });

    [Fact]
    public void Binary_bounds_hold_the_value_between_them() => Properties.Hold(Arbitrary.Bytes.Zip(Gen.Choose(1, 5)), pair =>
    {
        var (bytes, length) = pair;
        var mode = new MetricsMode(MetricsModeKind.Truncate, length);
        var copy = bytes.ToArray();
        Assert.True(ColumnBounds.Lower(IcebergType.Binary, bytes, mode).AsSpan().SequenceCompareTo(bytes) <= 0);
        var upper = ColumnBounds.Upper(IcebergType.Binary, bytes, mode);
        if (upper is not null)
        {
            Assert.True(upper.AsSpan().SequenceCompareTo(bytes) >= 0);
            Assert.True(upper.Length <= length);
        }
        else
        {
            Assert.All(bytes.Take(length), value => Assert.Equal(255, value));
        }

        Assert.Equal(copy, bytes);
    });

    [Theory]
    [InlineData("iceberg", 3, "ice", "icf")]
    [InlineData("ice", 3, "ice", "ice")]
    [InlineData("a\ud7ffb", 2, "a\ud7ff", "a\ue000")]
    [InlineData("a\U0010ffffb", 2, "a\U0010ffff", "b")]
    [InlineData("\U0001F600x", 1, "\U0001F600", "\U0001F601")]
    [InlineData("\U0010ffff\U0010ffffx", 2, "\U0010ffff\U0010ffff", null)]
    public void Upper_bounds_count_up_by_code_points(string text, int length, string lower, string? upper)
    {
        var mode = new MetricsMode(MetricsModeKind.Truncate, length);
        Assert.Equal(lower, SingleValue.FromBytes(IcebergType.String, ColumnBounds.Lower(IcebergType.String, text, mode)!));
        Assert.Equal(upper, ColumnBounds.Upper(IcebergType.String, text, mode) is { } bytes ? SingleValue.FromBytes(IcebergType.String, bytes) : null);
    }

    [Fact]
    public void Zeros_and_NaNs_give_safe_bounds()
    {
        var full = new MetricsMode(MetricsModeKind.Full);
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.ToInt64(ColumnBounds.Lower(IcebergType.Double, 0.0, full)!));
        Assert.Equal(BitConverter.DoubleToInt64Bits(0.0), BitConverter.ToInt64(ColumnBounds.Upper(IcebergType.Double, -0.0, full)!));
        Assert.Null(ColumnBounds.Lower(IcebergType.Float, float.NaN, full));
        Assert.Null(ColumnBounds.Upper(IcebergType.Double, double.NaN, full));
        Assert.Null(ColumnBounds.Lower(IcebergType.Int, 1, new MetricsMode(MetricsModeKind.Counts)));
    }

    [Fact]
    public void Text_of_an_engine_becomes_bounds()
    {
        Assert.Equal(SingleValue.ToBytes(IcebergType.Timestamp, 1510871468120000L), ColumnBounds.LowerOfText(IcebergType.Timestamp, "2017-11-16 22:31:08.12", MetricsMode.Default));
        Assert.Null(ColumnBounds.UpperOfText(IcebergType.Timestamp, "infinity", MetricsMode.Default));
    }

    [Fact]
    public void Properties_give_the_modes_of_columns()
    {
        var columns = Enumerable.Range(1, 120).Select(id => new NestedField(id, $"c{id}", false, IcebergType.String)).ToList();
        TableMetadata Table(params (string, string)[] properties) => TableMetadata.Create(
            "memory://lake/t", new Schema(0, columns), null, new SortOrder(1, [new SortField(120, Transform.Identity, SortDirection.Ascending, NullOrder.NullsFirst)]), properties.ToDictionary(p => p.Item1, p => p.Item2), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        var inferred = MetricsConfig.Of(Table(("write.metadata.metrics.column.c119", "full"), ("write.metadata.metrics.column.c1", "none")));
        Assert.Equal(MetricsModeKind.None, inferred.ModeOf(1).Kind);
        Assert.Equal(MetricsMode.Default, inferred.ModeOf(100));
        Assert.Equal(MetricsModeKind.None, inferred.ModeOf(101).Kind);
        Assert.Equal(MetricsModeKind.Full, inferred.ModeOf(119).Kind);
        Assert.Equal(MetricsMode.Default, inferred.ModeOf(120));
        var given = MetricsConfig.Of(Table(("write.metadata.metrics.default", "counts")));
        Assert.Equal(MetricsModeKind.Counts, given.ModeOf(110).Kind);
        Assert.Equal(MetricsMode.Default, given.ModeOf(120));
    }
}
