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
        var server = await Azurite.StartAsync();
        return new AzuriteContainer(server, await server.CreateContainerAsync());
    }

    /// <summary>A store below a prefix of the container.</summary>
    public IObjectStore Open(string prefix = "/a lake/of é", Func<HttpMessageHandler, HttpMessageHandler>? wrap = null) => AzureObjectStores.Open($"az://{Name}{prefix}", Options, wrap: wrap);
}
