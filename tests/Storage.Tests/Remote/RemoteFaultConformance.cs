using LakeAspire.Conformance.ObjectStores;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Tests.Remote;

/// <summary>What a remote store does when requests and answers are lost.</summary>
public abstract class RemoteFaultConformance
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens an empty store whose requests pass through a handler.</summary>
    protected abstract Task<IObjectStore> OpenAsync(Func<HttpMessageHandler, HttpMessageHandler> wrap);

    [Theory]
    [InlineData(Fault.LostAnswer)]
    [InlineData(Fault.LostRequest)]
    [InlineData(Fault.Busy)]
    public async Task A_conditional_put_that_is_made_again_knows_its_own_success(Fault fault)
    {
        var faults = 2;
        var store = await OpenAsync(inner => new FaultyHandler(inner, request => request.Method == HttpMethod.Put && Interlocked.Decrement(ref faults) >= 0 ? fault : Fault.None));

        Assert.Equal(PutOutcome.Written, await store.PutIfAbsentAsync($"{store.Root}/x", new MemoryStream([1, 2, 3]), Token));
        Assert.Equal(PutOutcome.Exists, await store.PutIfAbsentAsync($"{store.Root}/x", new MemoryStream([4]), Token));
        Assert.Equal(3, (await store.StatAsync($"{store.Root}/x", Token))!.Size);
        Assert.True(faults < 0);
    }

    [Fact]
    public async Task Of_racing_writers_one_wins_though_answers_are_lost()
    {
        var count = 0;
        var store = await OpenAsync(inner => new FaultyHandler(inner, request => request.Method == HttpMethod.Put && Interlocked.Increment(ref count) % 3 == 0 ? Fault.LostAnswer : Fault.None));
        for (var round = 0; round < 10; round++)
        {
            var location = $"{store.Root}/race/{round}";
            var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(async writer => (Writer: writer, Outcome: await store.PutIfAbsentAsync(location, new MemoryStream(new byte[writer]), Token))));
            Assert.Equal(Assert.Single(outcomes, o => o.Outcome == PutOutcome.Written).Writer, (await store.StatAsync(location, Token))!.Size);
        }
    }

    [Fact]
    public async Task When_no_answer_ever_comes_the_outcome_is_unknown()
    {
        var store = await OpenAsync(inner => new FaultyHandler(inner, request => request.Method == HttpMethod.Get ? Fault.None : Fault.LostRequest));
        var failure = await Assert.ThrowsAnyAsync<LakehouseException>(() => store.PutIfAbsentAsync($"{store.Root}/x", new MemoryStream([1]), Token));
        Assert.Equal(LakehouseErrorKind.OutcomeUnknown, failure.Kind);
    }

    [Fact]
    public async Task A_large_object_passes_though_every_third_call_fails()
    {
        var count = 0;
        var store = await OpenAsync(inner => new FaultyHandler(inner, _ => (Interlocked.Increment(ref count) % 6) switch { 0 => Fault.LostAnswer, 3 => Fault.LostRequest, _ => Fault.None }));
        const long size = (30 << 20) + 17;
        await store.PutAsync($"{store.Root}/large", new PatternStream(size), Token);
        await using var read = await store.OpenReadAsync($"{store.Root}/large", cancellationToken: Token);
        Assert.Equal(await PatternStream.HashAsync(size, Token), Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(read, Token)));
        Assert.Equal([$"{store.Root}/large"], await store.ListAsync(store.Root, Token).Select(i => i.Location).ToListAsync(Token));
        await store.DeleteAsync($"{store.Root}/large", Token);
        Assert.Null(await store.StatAsync($"{store.Root}/large", Token));
    }
}
