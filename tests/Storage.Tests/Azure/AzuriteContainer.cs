using LakeAspire.Testing;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Azure;

namespace Lakehouse.Storage.Tests.Azure;

/// <summary>A container of one test's own.</summary>
public sealed class AzuriteContainer
{
    AzuriteContainer(Azurite server, string name) => (Server, Name) = (server, name);

    public Azurite Server { get; }

    public string Name { get; }

    public AzureOptions Options => new() { Endpoint = Server.Endpoint, Account = Azurite.Account, AccountKey = Azurite.AccountKey };

    public static async Task<AzuriteContainer> CreateAsync()
    {
        var container = new AzuriteContainer(await Azurite.StartAsync(), $"lake-{Guid.NewGuid():N}");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{container.Server.Endpoint}/{container.Name}?restype=container");
        request.Headers.TryAddWithoutValidation("x-ms-version", "2021-12-02");
        await new SharedKeyAuthorization(Azurite.Account, Azurite.AccountKey, TimeProvider.System).AuthorizeAsync(request, CancellationToken.None);
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return container;
    }

    /// <summary>A store below a prefix of the container.</summary>
    public IObjectStore Open(string prefix = "/a lake/of é", Func<HttpMessageHandler, HttpMessageHandler>? wrap = null) => AzureObjectStores.Open($"az://{Name}{prefix}", Options, wrap: wrap);
}
