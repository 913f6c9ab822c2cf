using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;
using Lakehouse.Formats.Tests.Positions;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Puffin;

public sealed class PuffinTests
{
    private const string Location = "memory://lake/t/dv.puffin";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blobs_come_back()
    {
        var store = new MemoryStore();
        using var file = new MemoryStream();
        var writer = new PuffinWriter(file);
        var first = await writer.AddDeletionVectorAsync("file:/data/1.parquet", PositionBitmap.Of([1, 2, 3, 1L << 40]), Stop);
        var second = await writer.AddAsync(new PuffinBlob("other", [3, 1], 17, 4, 0, 0), new byte[] { 7, 8, 9 }, Stop);
        await writer.FinishAsync(new Dictionary<string, string> { ["created-by"] = "test" }, Stop);
        Assert.Equal(file.Length, writer.Length);
        store[Location] = file.ToArray();

        var footer = await PuffinReader.ReadFooterAsync(store, Location, Stop);
        Assert.Equal("test", footer.Properties["created-by"]);
        Assert.Equal([first.Offset, second.Offset], footer.Blobs.Select(blob => blob.Offset));
        Assert.Equal("4", footer.Blobs[0].Properties["cardinality"]);
        Assert.Equal("file:/data/1.parquet", footer.Blobs[0].Properties["referenced-data-file"]);
        Assert.Equal([7, 8, 9], await PuffinReader.ReadBlobAsync(store, Location, footer.Blobs[1], Stop));
        Assert.Equal([1, 2, 3, 1L << 40], DeletionVectorBlob.Read(await PuffinReader.ReadBlobAsync(store, Location, footer.Blobs[0], Stop), Location));
        Assert.Equal(2, PuffinReader.ReadFooter(store[Location], Location).Blobs.Count);
    }

    [Fact]
    public async Task A_file_without_blobs_is_whole()
    {
        using var file = new MemoryStream();
        await new PuffinWriter(file).FinishAsync(cancellationToken: Stop);
        Assert.Empty(PuffinReader.ReadFooter(file.ToArray(), "test").Blobs);
    }

    [Fact]
    public void Deletion_vectors_come_back_and_each_flipped_bit_is_noticed() => Properties.Hold(PositionBitmapTests.Sets, pieces =>
    {
        var bitmap = PositionBitmapTests.Make(pieces);
        var blob = DeletionVectorBlob.Write(bitmap);
        Assert.True(DeletionVectorBlob.Read(blob, "test").SetEquals(bitmap));
        var random = new Random(blob.Length);
        blob[random.Next(blob.Length)] ^= (byte)(1 << random.Next(8));
        Assert.Throws<LakehouseException>(() => DeletionVectorBlob.Read(blob, "test"));
    }, 300);

    [Fact]
    public void A_negative_position_is_no_position()
    {
        var error = Assert.Throws<LakehouseException>(() => DeletionVectorBlob.Read(DeletionVectorBlob.Write(PositionBitmap.Of([5, -1])), "test"));
        Assert.Contains("negative", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Truncated_files_are_refused()
    {
        using var file = new MemoryStream();
        var writer = new PuffinWriter(file);
        await writer.AddDeletionVectorAsync("file:/data/1.parquet", PositionBitmap.Of([1, 2, 3]), Stop);
        await writer.FinishAsync(cancellationToken: Stop);
        var bytes = file.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<LakehouseException>(() => PuffinReader.ReadFooter(bytes.AsMemory(0, length), "test"));
        }
    }

    [Fact]
    public void Lengths_that_lie_are_refused()
    {
        byte[] negative = [.. "PFA1PFA1"u8, 255, 255, 255, 255, 0, 0, 0, 0, .. "PFA1"u8];
        byte[] large = [.. "PFA1PFA1"u8, 255, 255, 255, 127, 0, 0, 0, 0, .. "PFA1"u8];
        byte[] packed = [.. "PFA1PFA1"u8, 0, 0, 0, 0, 1, 0, 0, 0, .. "PFA1"u8];
        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => PuffinReader.ReadFooter(negative, "test")).Kind);
        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => PuffinReader.ReadFooter(large, "test")).Kind);
        Assert.Contains("lz4", Assert.Throws<LakehouseException>(() => PuffinReader.ReadFooter(packed, "test")).Message, StringComparison.Ordinal);
    }
}
