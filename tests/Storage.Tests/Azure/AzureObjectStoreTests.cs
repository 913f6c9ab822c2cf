using LakeAspire.Conformance.ObjectStores;
using LakeAspire.Testing;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Azure;
using Lakehouse.Storage.Tests.Remote;

namespace Lakehouse.Storage.Tests.Azure;

public sealed class AzureObjectStoreTests : ObjectStoreConformance
{
    AzuriteContainer? container;

    protected override bool DecodesNames => false;

    protected override async Task<IObjectStore> OpenAsync() => (container = await AzuriteContainer.CreateAsync()).Open();

    protected override Task<IObjectStore> ReopenAsync() => Task.FromResult(container!.Open());

    protected override WriterProcess StartEndlessPut(string location, bool replace) => WriterProcess.Start(
        typeof(AzureObjectStoreTests).Assembly.Location, Store.Root, location, replace,
container!.Server.Environment);

    [Fact]
    public async Task Hadoops_way_to_write_a_location_means_the_same()
    {
        await Store.PutAsync(At("x"), Bytes("hello"));
        var location = At("x").Replace($"az://{container!.Name}", $"abfss://{container.Name}@{Azurite.Account}.dfs.core.windows.net", StringComparison.Ordinal);
        Assert.Equal(5, (await Store.StatAsync(location))!.Size);

        var options = container.Options;
        options.Account = "";
        var hadoop = AzureObjectStores.Open($"abfss://{container.Name}@{Azurite.Account}.dfs.core.windows.net/a lake", options);
        Assert.Equal([location], await hadoop.ListAsync(hadoop.Root).Select(i => i.Location).ToListAsync());
        await FailsAsync(LakehouseErrorKind.Denied, () => hadoop.StatAsync(location.Replace(Azurite.Account, "other", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_large_conditional_put_happens_once()
    {
        const long size = 20 << 20;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.PutIfAbsentAsync(At("large"), new PatternStream(size))));
        Assert.Single(outcomes, PutOutcome.Written);
        await using var read = await Store.OpenReadAsync(At("large"));
        Assert.Equal(await PatternStream.HashAsync(size, TestContext.Current.CancellationToken), Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(read)));
    }

    [Fact]
    public async Task Wrong_keys_are_denied_and_a_missing_container_is_not_found()
    {
        var wrong = container!.Options;
        wrong.AccountKey = Convert.ToBase64String(new byte[64]);
        var denied = AzureObjectStores.Open(Store.Root, wrong);
        await FailsAsync(LakehouseErrorKind.Denied, () => denied.PutAsync(At("x"), Bytes("x")));
        await FailsAsync(LakehouseErrorKind.Denied, () => denied.OpenReadAsync(At("x")));
        var missing = AzureObjectStores.Open("az://no-such-container", container.Options);
        await FailsAsync(LakehouseErrorKind.NotFound, () => missing.PutAsync("az://no-such-container/x", Bytes("x")));
        await FailsAsync(LakehouseErrorKind.NotFound, () => missing.StatAsync("az://no-such-container/x"));
    }

    [Theory]
    [InlineData("az://")]
    [InlineData("az://container@account.dfs.core.windows.net@x")]
    [InlineData("abfss://container/path")]
    [InlineData("abfss://container@account/path")]
    [InlineData("abfss://container@acc?ount.dfs.core.windows.net/path")]
    public void What_names_no_container_is_refused(string location) =>
        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => AzureObjectStores.Open(location, new AzureOptions { Account = "a" })).Kind);
}

public sealed class AzureFaultTests : RemoteFaultConformance
{
    protected override async Task<IObjectStore> OpenAsync(Func<HttpMessageHandler, HttpMessageHandler> wrap) => (await AzuriteContainer.CreateAsync()).Open("/faults", wrap);
}

[Collection(Alone.Name)]
public sealed class AzureStreamingTests : StreamingConformance
{
    protected override async Task<IObjectStore> OpenAsync() => (await AzuriteContainer.CreateAsync()).Open();
}
