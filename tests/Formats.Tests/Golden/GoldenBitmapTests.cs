using LakeAspire.Testing;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Bitmaps and Puffin files of other writers decode, and a re-encode holds the same positions.</summary>
public sealed class GoldenBitmapTests
{
    [Fact]
    public void Every_bitmap_decodes_and_survives()
    {
        var files = Directory.GetFiles(Needs.Golden("position-bitmaps"), "*.bin");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            // Some of them are deletion vectors without their checksum, some the bare bitmap.
            var bytes = File.ReadAllBytes(file);
            if (bytes.AsSpan().IndexOf("\uFFFD\uFFFD"u8) >= 0)
            {
                // This file went through a text conversion: its bytes above 127 are replacement characters. It is no bitmap any more.
                Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => PositionBitmap.Read(bytes)).Kind);
                continue;
            }

            var isBlob = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xD1, 0xD3, 0x39, 0x64]) == 4;
            var bitmap = isBlob ? DeletionVectorBlob.Read(bytes, file) : PositionBitmap.Read(bytes);
            Assert.Equal(!file.Contains("empty", StringComparison.Ordinal), bitmap.Cardinality > 0);
            var again = PositionBitmap.Read(bitmap.ToBytes());
            Assert.True(again.SetEquals(bitmap), file);
            Assert.Equal(bitmap.Cardinality, again.LongCount());
        }
    }

    [Fact]
    public async Task Every_puffin_file_decodes()
    {
        var folder = Needs.Golden("puffin");
        var store = new FolderStore(folder);
        foreach (var file in Directory.GetFiles(folder))
        {
            var location = "file://" + file;
            var footer = await PuffinReader.ReadFooterAsync(store, location, TestContext.Current.CancellationToken);
            Assert.Equal(Path.GetFileName(file).StartsWith("empty", StringComparison.Ordinal), footer.Blobs.Count == 0);
            foreach (var blob in footer.Blobs)
            {
                Assert.NotEmpty(await PuffinReader.ReadBlobAsync(store, location, blob, TestContext.Current.CancellationToken));
            }

            foreach (var blob in footer.Blobs.Where(blob => blob.Type == PuffinBlob.DeletionVectorType))
            {
                var bitmap = DeletionVectorBlob.Read(await PuffinReader.ReadBlobAsync(store, location, blob, TestContext.Current.CancellationToken), file);
                Assert.Equal(blob.Properties["cardinality"], $"{bitmap.Cardinality}");
            }
        }
    }
}
