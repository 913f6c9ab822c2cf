using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;

namespace LakeAspire.Catalog.Api.Tests.Lineage;

/// <summary>A catalog that the tests of one class share, each under names of its own.</summary>
public sealed class LineageCatalog(PostgresServer postgres) : IAsyncDisposable
{
    CatalogServer? server;

    public PostgresServer Postgres => postgres;

    public async Task<CatalogServer> StartAsync() => server ??= await CatalogServer.StartAsync(postgres);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
