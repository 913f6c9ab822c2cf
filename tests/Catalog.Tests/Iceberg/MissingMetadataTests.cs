using System.Net;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Storage;

namespace LakeAspire.Catalog.Api.Tests.Iceberg;

/// <summary>A table whose metadata file somebody took away.</summary>
public sealed class MissingMetadataTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_table_whose_metadata_file_is_gone_is_said_to_be_that()
    {
        using var folder = new TempFolder();
        var database = await postgres.CreateDatabaseAsync();
        var warehouse = LocalPath.ToLocation(folder.Path);
        string location;
        await using (var writer = await CatalogServer.StartAsync(database, warehouse))
        {
            await writer.Service.CreateTablesAsync("gold", "t");
            location = await writer.Service.MetadataLocationAsync("gold", "t");
            await writer.Store.DeleteAsync(location, TestContext.Current.CancellationToken);

            // Whoever has read it knows what it says: it never changes.
            await writer.Service.MetadataLocationAsync("gold", "t");
        }

        await using var reader = await CatalogServer.StartAsync(database, warehouse);
        var error = (await reader.Service.SendAsync(HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.NotFound))!["error"]!;
        Assert.Equal("NotFoundException", error["type"]!.GetValue<string>());
        Assert.Contains(location, error["message"]!.GetValue<string>());
    }
}
