using Lakehouse.Formats.IO;
using Xunit;

namespace LakeAspire.Conformance.ObjectStores;

/// <summary>
/// Big objects pass through a store in pieces. It measures what the whole process allocates, so a store's test class puts it into a collection that runs alone.
/// </summary>
public abstract class StreamingConformance
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a store whose root holds nothing.</summary>
    protected abstract Task<IObjectStore> OpenAsync();

    [Fact]
    public async Task Big_objects_are_streamed()
    {
        const long size = 96L << 20;
        var store = await OpenAsync();
        var location = $"{store.Root}/big";
        using var content = new PatternStream(size);

        var before = GC.GetTotalAllocatedBytes();
        await store.PutAsync(location, content, Token);
        await using var stream = await store.OpenReadAsync(location, cancellationToken: Token);
        var hash = Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(stream, Token));
        var allocated = GC.GetTotalAllocatedBytes() - before;

        Assert.Equal(await PatternStream.HashAsync(size, Token), hash);
        Assert.Equal(size, (await store.StatAsync(location, Token))!.Size);
        Assert.InRange(allocated, 0, size / 2);
    }
}
