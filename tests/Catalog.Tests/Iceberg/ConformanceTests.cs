using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Conformance.Catalog;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Iceberg;

/// <summary>Our catalog is an Iceberg REST catalog, addressed without a prefix.</summary>
public sealed class ConformanceTests(SharedCatalog catalog) : CatalogConformance, IClassFixture<SharedCatalog>
{
    protected override async Task<(HttpClient Client, string Warehouse)> OpenAsync(DelegatingHandler? validating)
    {
        var server = await catalog.EmptyAsync();
        var client = server.Client(CatalogServer.UserKey, validating);
        client.BaseAddress = new Uri(server.Address, "iceberg/v1/");
        return (client, server.Warehouse);
    }
}
