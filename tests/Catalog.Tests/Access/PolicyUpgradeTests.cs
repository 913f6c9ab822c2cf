using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Api.Tests.Backup;
using LakeAspire.Catalog.Api.Tests.Database;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Database;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Policies that knew their columns by name alone get the ids of these when their database comes to this version.</summary>
public sealed class PolicyUpgradeTests(PostgresServer postgres)
{
    const string Table = "11111111-1111-1111-1111-111111111111";

    [Fact]
    public async Task Stored_policies_keep_their_text_and_find_their_columns()
    {
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Below("warehouse"));
        var database = await FilledAsync(folder, warehouse, """{"mail": "left(mail, 2)"}""");
        await using var server = await CatalogServer.StartAsync(database, warehouse);
        JsonNode? policy = null;
        await Until.TrueAsync(async () => (policy = (await server.User.GetJsonAsync("api/policies/gold/t"))["policies"]!.AsArray().Single())!["fields"] is JsonArray, "the columns are found");
        Assert.Equal(("default", 3, "region = 'EMEA'", "left(mail, 2)", "ann", false), (Text("name"), policy!["version"]!.GetValue<int>(), Text("rowFilter"), policy["masks"]!["mail"]!.GetValue<string>(), Text("updatedBy"), policy["checked"]!.GetValue<bool>()));
        Assert.Equal([("mail", 7), ("region", 4)], policy["fields"]!.AsArray().Select(field => (field!["path"]![0]!.GetValue<string>(), field["id"]!.GetValue<int>())).Order());
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/t/second", HttpStatusCode.Created, """{"masks":{"region":"NULL"}}""");
        Assert.Equal(2, (await server.User.GetJsonAsync("api/policies"))["policies"]!.AsArray().Count);

        string Text(string name) => policy![name]!.GetValue<string>();
    }

    [Fact]
    public async Task One_whose_columns_are_gone_binds_and_says_that_it_cannot_be_applied()
    {
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Below("warehouse"));
        await using var server = await CatalogServer.StartAsync(await FilledAsync(folder, warehouse, """{"gone": "NULL"}"""), warehouse);
        var (bound, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(bound, "select");
        await client.SendAsync(HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.Forbidden);
        var resolved = await server.Service.PostJsonAsync("api/resolve", new { principal = bound, tables = new[] { new { @namespace = "gold", name = "t" } } });
        var rule = Assert.Single(resolved["tables"]![0]!["policy"]!["rules"]!.AsArray())!;
        Assert.Null(rule["fields"]);
        Assert.Equal("region = 'EMEA'", rule["rowFilter"]!.GetValue<string>());
    }

    /// <summary>A database of the version before, with a policy of a table whose metadata is there.</summary>
    async Task<string> FilledAsync(TempFolder folder, string warehouse, string masks)
    {
        var metadata = Path.Combine(folder.Below("warehouse"), "gold", "t", "metadata", "00001.metadata.json");
        Directory.CreateDirectory(Path.GetDirectoryName(metadata)!);
        var schema = new Schema(0, [new NestedField(4, "region", Required: false, PrimitiveType.String), new NestedField(7, "mail", Required: false, PrimitiveType.String)]);
        var table = TableMetadata.Create(warehouse + "/gold/t", schema, null, null, null, Guid.Parse(Table), DateTimeOffset.UnixEpoch);
        await File.WriteAllBytesAsync(metadata, TableMetadataJson.Write(table with { Schemas = [schema], LastColumnId = 7 }), TestContext.Current.CancellationToken);
        var database = await postgres.CreateDatabaseAsync();
        await using var db = new CatalogDb(new DbContextOptionsBuilder<CatalogDb>().UseNpgsql(database).Options);
        var migrator = db.GetService<IMigrator>();
        foreach (var (migration, sql, _) in EarlierVersions.Contents.Where(version => string.CompareOrdinal(version.Migration, EarlierVersions.DeltaTables) <= 0))
        {
            await migrator.MigrateAsync(migration, TestContext.Current.CancellationToken);
            await FilledDatabase.RunAsync(database, sql.Replace("{W}", warehouse, StringComparison.Ordinal));
        }

        await migrator.MigrateAsync("20261121213000_ItemHistory", TestContext.Current.CancellationToken);
        await FilledDatabase.RunAsync(
            database, $"INSERT INTO table_policies (table_id, version, row_filter, masks, bound, exempt, updated_at, updated_by) VALUES ('{Table}', 3, 'region = ''EMEA''', '{masks}', '{{}}', '{{}}', '2026-11-21Z', 'ann')");
        return database;
    }
}
