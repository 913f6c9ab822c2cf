using System.Text;
using LakeAspire.Testing;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Locations;

public sealed class RelocatedStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("file:/old/t/a", "file:///new/t/a")]
    [InlineData("file:///old/t/a", "file:///new/t/a")]
    [InlineData("/old/t/a", "file:///new/t/a")]
    [InlineData("/old/t/special/a", "file:///other/a")]
    [InlineData("/older/t/a", "file:///older/t/a")]
    [InlineData("/old/t", "file:///new/t")]
    public async Task Locations_are_found_where_they_moved(string location, string expected)
    {
        using var folder = new TempFolder();
        var store = new RelocatedStore(new FolderStore(folder.Path), new Relocation("file:/old/t/", "/new/t"), new Relocation("/old/t/special", "file:///other/"));
        Assert.Equal(expected, await store.ResolveAsync(location, Stop));
    }

    [Fact]
    public async Task S3_has_three_spellings()
    {
        var store = new RelocatedStore(new MemoryStore());
        Assert.Equal("s3://bucket/t/a", await store.ResolveAsync("s3a://bucket/t/a", Stop));
        Assert.Equal("s3://bucket/t/a%20b", await store.ResolveAsync("s3n://bucket/t/a%20b", Stop));
    }

    [Fact]
    public async Task Local_names_are_taken_as_they_stand_when_they_exist()
    {
        using var folder = new TempFolder();
        var inner = new FolderStore(folder.Path);
        await inner.PutAsync($"{inner.Root}/t/s=a%252Fb", new MemoryStream("x"u8.ToArray()), Stop);
        var store = new RelocatedStore(inner, new Relocation("/old", inner.Root));
        Assert.Equal($"{inner.Root}/t/s=a%252Fb", await store.ResolveAsync("/old/t/s=a%2Fb", Stop));
        Assert.Equal($"{inner.Root}/t/s=a%20b", await store.ResolveAsync("/old/t/s=a%20b", Stop));
        using var reader = new StreamReader(await store.OpenReadAsync("/old/t/s=a%2Fb", cancellationToken: Stop), Encoding.UTF8);
        Assert.Equal("x", await reader.ReadToEndAsync(Stop));
    }

    [Theory]
    [InlineData("/a=/b", "/a", "/b")]
    [InlineData("s3://b/x=1/t=file:///n", "s3://b/x=1/t", "file:///n")]
    public void They_are_read_from_text(string text, string from, string to) => Assert.Equal(new Relocation(from, to), Relocation.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("=/a")]
    [InlineData("/a=")]
    public void Half_a_relocation_is_refused(string text) => Assert.Throws<LakehouseException>(() => Relocation.Parse(text));
}
