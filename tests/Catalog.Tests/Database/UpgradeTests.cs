using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Backup;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Database;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Api.Tests.Database;

/// <summary>Filled databases of every earlier version, brought to this one: directly, and from a backup that was made then.</summary>
public sealed class UpgradeTests(PostgresServer postgres)
{
    public static TheoryData<string> Versions => [.. EarlierVersions.Contents.Select(version => version.Migration)];

    /// <summary>The oldest, the last one before there were branches, and each third one since.</summary>
    public static TheoryData<string> Backups => [.. EarlierVersions.Contents.Where((version, i) => i == 0 || i % 3 == 2).Select(version => version.Migration)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_filled_database_of_an_earlier_version_is_migrated_with_all_that_it_holds(string version)
    {
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Below("warehouse"));
        var database = await FilledAsync(version, warehouse);
        await using var server = await CatalogServer.StartAsync(database, warehouse);
        await CheckAsync(server, version);
    }

    [Theory]
    [MemberData(nameof(Backups))]
    public async Task A_backup_of_an_earlier_version_is_restored_and_migrated(string version)
    {
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Below("warehouse"));
        var archive = folder.Below("old.zip");
        using (var backup = CatalogProcess.Start(await FilledAsync(version, warehouse), warehouse, "backup", archive))
        {
            Assert.True(await backup.EndAsync() == 0, backup.Printed);
        }

        await using var server = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), warehouse);
        var restored = await BackupTests.RestoreAsync(server.User, await File.ReadAllBytesAsync(archive));
        await using var db = Open(server.ConnectionString);
        Assert.Equal(db.Database.GetMigrations().Where(m => string.CompareOrdinal(m, version) > 0), restored["migrationsApplied"]!.AsArray().Select(m => m!.GetValue<string>()));
        await CheckAsync(server, version);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_migration_has_a_filled_database()
    {
        await using var db = Open(await postgres.CreateDatabaseAsync());
        Assert.Equal(db.Database.GetMigrations(), EarlierVersions.Contents.Select(version => version.Migration));
    }

    [Fact]
    public async Task Instances_that_start_at_once_migrate_once()
    {
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Below("warehouse"));
        var database = await FilledAsync(EarlierVersions.DeltaTables, warehouse);
        var servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CatalogServer.StartAsync(database, warehouse)));
        foreach (var server in servers)
        {
            await CheckAsync(server, EarlierVersions.DeltaTables);
        }

        await using var db = Open(database);
        var applied = (await db.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken)).ToList();
        Assert.Equal(db.Database.GetMigrations(), applied);
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    async Task<string> FilledAsync(string version, string warehouse)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var db = Open(database);
        foreach (var (migration, sql, _) in EarlierVersions.Contents)
        {
            // Each content in the words of its own version, brought to the next with what is there.
            await db.GetService<IMigrator>().MigrateAsync(migration, TestContext.Current.CancellationToken);
            await FilledDatabase.RunAsync(database, sql.Replace("{W}", warehouse, StringComparison.Ordinal));
            if (migration == version)
            {
                break;
            }
        }

        return database;
    }

    /// <summary>What was filled is what the catalog says, over its interface.</summary>
    static async Task CheckAsync(CatalogServer server, string version)
    {
        var namespaces = (await server.User.GetJsonAsync("iceberg/v1/namespaces"))["namespaces"]!.AsArray();
        Assert.Equal(["empty", "gold"], namespaces.Select(n => n![0]!.GetValue<string>()).Order());
        Assert.Equal("ann", (await server.User.GetJsonAsync("iceberg/v1/namespaces/gold"))["properties"]!["owner"]!.GetValue<string>());
        Assert.Equal("yes", (await server.User.GetJsonAsync("iceberg/v1/namespaces/gold%1Fnested"))["properties"]!["deep"]!.GetValue<string>());

        var tables = (await server.User.GetJsonAsync("api/tables"))["tables"]!.AsArray();
        var table = tables.Single(t => t!["name"]!.GetValue<string>() == "t")!;
        Assert.Equal(("gold", 12L, 3L, 4567L, "append gold.t"), (table["namespace"]!.GetValue<string>(), table["rows"]!.GetValue<long>(), table["files"]!.GetValue<long>(), table["bytes"]!.GetValue<long>(), table["lastCommit"]!["message"]!.GetValue<string>()));
        Assert.Equal("11111111-1111-1111-1111-111111111111", table["id"]!.GetValue<string>());
        Assert.Equal(["drop gold.nested.u", "create gold.nested.u", "append gold.t", "create gold.t"], (await server.User.GetJsonAsync("api/commits"))["commits"]!.AsArray().Select(c => c!["message"]!.GetValue<string>()));

        var past = (await server.User.GetJsonAsync("api/tables?asOf=3"))["tables"]!.AsArray();
        Assert.Contains(("gold.nested", "u"), past.Select(t => (t!["namespace"]!.GetValue<string>(), t["name"]!.GetValue<string>())));

        Assert.Equal("42", Assert.Single((await server.User.GetJsonAsync("api/positions"))["cursors"]!.AsArray())!["value"]!.GetValue<string>());
        foreach (var (migration, _, holds) in EarlierVersions.Contents.Where(c => string.CompareOrdinal(c.Migration, version) <= 0))
        {
            await using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand(holds, connection);
            Assert.True(await command.ExecuteScalarAsync() is true, $"what {migration} filled is not there any more");
        }

        var items = (await server.User.PostJsonAsync("api/items/lookup", new { scope = "landing/w", keys = new[] { "a.json", "b.json", "c.json" } }))["items"]!.AsArray();
        Assert.Equal([("a.json", "f1", 2L), ("b.json", "f2", 2L)], items.Select(i => (i!["key"]!.GetValue<string>(), i["fingerprint"]!.GetValue<string>(), i["commitId"]!.GetValue<long>())).Order());
        Assert.Equal("gold.t", (await server.User.GetJsonAsync("api/runs"))["runs"]![0]!["nodes"]![0]!["model"]!.GetValue<string>());
        Assert.Equal("watchlog", (await server.User.GetJsonAsync("api/projects"))["projects"]![0]!["name"]!.GetValue<string>());

        if (version != EarlierVersions.Initial)
        {
            Assert.Equal(12, (await server.User.GetJsonAsync("api/upkeep"))["acts"]![0]!["details"]!["filesBefore"]!.GetValue<int>());
        }

        if (string.CompareOrdinal(version, EarlierVersions.DeltaTables) >= 0)
        {
            var delta = tables.Single(t => t!["name"]!.GetValue<string>() == "orders")!;
            Assert.Equal(("delta", "s3://others/orders"), (delta["format"]!.GetValue<string>(), delta["location"]!.GetValue<string>()));
        }

        // What was taken in is not taken in again, and positions go on from where they were.
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.Conflict, """{"table-changes":[],"lakeaspire":{"items":[{"scope":"landing/w","key":"a.json","fingerprint":"f1"}]}}""");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.Conflict, """{"table-changes":[],"lakeaspire":{"cursors":[{"scope":"kafka/t/0","expected":null,"next":"1"}]}}""");
    }

    static CatalogDb Open(string database) => new(new DbContextOptionsBuilder<CatalogDb>().UseNpgsql(database).Options);
}
