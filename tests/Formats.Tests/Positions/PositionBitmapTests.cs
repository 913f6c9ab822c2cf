using FsCheck;
using FsCheck.Fluent;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Formats.Tests.Positions;

/// <summary>The bitmap against a plain sorted set.</summary>
public sealed class PositionBitmapTests
{
    [Fact]
    public void It_holds_what_was_added() => Properties.Hold(Sets, positions =>
    {
        var bitmap = Make(positions);
        var expected = Sorted(positions);
        Assert.Equal(expected, bitmap);
        Assert.Equal(expected.Count, bitmap.Cardinality);
        Assert.Equal(expected.Count == 0 ? -1 : expected[^1], bitmap.Maximum);
        Assert.All(expected.Take(50), position => Assert.True(bitmap.Contains(position)));
        Assert.All(expected.Take(50).Select(position => position + 1).Except(expected), position => Assert.False(bitmap.Contains(position)));
    }, 600);

    [Fact]
    public void It_survives_its_format() => Properties.Hold(Sets, positions =>
    {
        var bitmap = Make(positions);
        var read = PositionBitmap.Read(bitmap.ToBytes());
        Assert.True(read.SetEquals(bitmap));
        Assert.Equal(Sorted(positions), read);

        // What was read can be changed further, whatever containers it has.
        read.AddAll([5, 70_000, 1L << 40]);
        Assert.Equal(Sorted([.. positions, new Piece(5, 1), new Piece(70_000, 1), new Piece(1L << 40, 1)]), read);
    }, 600);

    [Fact]
    public void Unions_and_differences_are_those_of_sets() => Properties.Hold(Sets.Two(), pair =>
    {
        var (left, right) = (Sorted(pair.Item1), Sorted(pair.Item2));
        var union = Make(pair.Item1);
        var other = Make(pair.Item2);
        union.UnionWith(other);
        Assert.Equal(left.Union(right).Order(), union);
        Assert.Equal(right, other);
        var difference = Make(pair.Item1);
        difference.ExceptWith(PositionBitmap.Read(other.ToBytes()));
        Assert.Equal(left.Except(right), difference);
        Assert.True(difference.Copy().SetEquals(difference));
    }, 400);

    [Fact]
    public void A_cursor_gives_the_same_in_every_size_of_batch()
    {
        var bitmap = new PositionBitmap();
        bitmap.AddRange(10, 200_000);
        bitmap.AddAll([300_000, 300_002, 300_004, 1L << 50]);
        for (long position = 1_000_000; position < 1_065_000; position += 3)
        {
            bitmap.Add(position);
        }

        var expected = bitmap.ToList();
        foreach (var size in new[] { 1, 7, 4096, 1_000_000 })
        {
            foreach (var source in new[] { bitmap, PositionBitmap.Read(bitmap.ToBytes()) })
            {
                var cursor = source.OpenCursor();
                var batch = new long[size];
                var found = new List<long>();
                for (var count = cursor.Fill(batch); count > 0; count = cursor.Fill(batch))
                {
                    found.AddRange(batch.AsSpan(0, count));
                }

                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public void Runs_are_written_as_runs()
    {
        var bitmap = new PositionBitmap();
        bitmap.AddRange(0, 10_000_000);
        Assert.Equal(10_000_000, bitmap.Cardinality);
        Assert.InRange(bitmap.ToBytes().Length, 1, 4000);
        bitmap.AddRange(long.MaxValue - 10, 10);
        Assert.Equal(long.MaxValue - 1, bitmap.Maximum);
    }

    [Fact]
    public void Hostile_counts_end_at_once()
    {
        byte[][] hostile =
        [
            [],
            [1, 0, 0, 0, 0, 0, 0, 0],
            [255, 255, 255, 255, 255, 255, 255, 255],
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3a, 0x30, 0, 0, 255, 255, 255, 255],
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3b, 0x30, 255, 255, 255, 255, 255, 255],
            [0, 0, 0, 0, 0, 0, 0, 0, 0],
        ];
        Assert.All(hostile, bytes => Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => PositionBitmap.Read(bytes)).Kind));
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        var bitmap = PositionBitmap.Of([1, 5, 9, 70_000, 1L << 33]);
        bitmap.AddRange(200_000, 5000);
        var bytes = bitmap.ToBytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<LakehouseException>(() => PositionBitmap.Read(bytes.AsSpan(0, length)));
        }
    }

    /// <summary>Single positions and runs, near each other and far apart, so that every kind of container arises.</summary>
    internal static Gen<Piece[]> Sets =>
        Gen.Choose(0, 4).SelectMany(_ => Gen.Choose(0, 6)).SelectMany(high => Gen.Choose(0, 200_000).SelectMany(low => Gen.Choose(0, 9).SelectMany(kind => Gen.Choose(1, 30_000).Select(length =>
            new Piece(((long)(high > 3 ? high : 0) << 32) + low, kind == 0 ? length : 1, kind == 1 ? 3 : 1))))).ArrayOf();

    internal static PositionBitmap Make(IEnumerable<Piece> pieces)
    {
        var bitmap = new PositionBitmap();
        foreach (var piece in pieces)
        {
            if (piece.Step == 1)
            {
                bitmap.AddRange(piece.Start, piece.Length);
            }
            else
            {
                bitmap.AddAll(piece.Positions.Reverse().ToArray());
            }
        }

        return bitmap;
    }

    private static List<long> Sorted(IEnumerable<Piece> pieces) => pieces.SelectMany(piece => piece.Positions).Distinct().Order().ToList();

    internal sealed record Piece(long Start, int Length, int Step = 1)
    {
        public IEnumerable<long> Positions => Enumerable.Range(0, Step == 1 ? Length : 6000).Select(i => Start + ((long)i * Step));
    }
}
