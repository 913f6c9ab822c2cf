using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Backup;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Storage;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Backup;

/// <summary>The catalog's own commands, and SIGKILL in the middle of them.</summary>
public sealed class KilledTests(PostgresServer postgres)
{
    // Enough that a copy takes a while.
    static readonly int Many = Soak.Scale(5_000_000);

    [Fact]
    public async Task The_commands_back_up_and_restore_without_a_service()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        using var folder = new TempFolder();
        var file = folder.Below("lake.zip");
        using var backup = CatalogProcess.Start(lake.Database, lake.Warehouse, "backup", file);
        Assert.True(await backup.EndAsync() == 0, backup.Printed);
        Assert.False(File.Exists(file + ".partial"));

        var empty = await postgres.CreateDatabaseAsync();
        using var restore = CatalogProcess.Start(empty, lake.Warehouse, "restore", file);
        Assert.True(await restore.EndAsync() == 0, restore.Printed);
        Assert.Equal(await FilledDatabase.DigestAsync(lake.Database), await FilledDatabase.DigestAsync(empty));
        using var again = CatalogProcess.Start(empty, lake.Warehouse, "restore", file);
        Assert.Equal(1, await again.EndAsync());
        Assert.Contains("--replace", again.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_was_killed_leaves_no_archive()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        await ManyItemsAsync(lake.Database);
        using var folder = new TempFolder();
        var file = folder.Below("lake.zip");
        using var backup = CatalogProcess.Start(lake.Database, lake.Warehouse, "backup", file);
        await UntilCopyingAsync(lake.Database, backup, "COPY TO");
        await backup.KillAsync();
        Assert.False(File.Exists(file));
        await using (var partial = File.OpenRead(file + ".partial"))
        {
            await Assert.ThrowsAsync<BackupException>(() => BackupArchive.OpenAsync(partial, TestContext.Current.CancellationToken));
        }

        // The next one does not mind what lies there.
        using var next = CatalogProcess.Start(lake.Database, lake.Warehouse, "backup", file);
        Assert.True(await next.EndAsync() == 0, next.Printed);
        await using var whole = File.OpenRead(file);
        await using var archive = await BackupArchive.OpenAsync(whole, TestContext.Current.CancellationToken);
        Assert.True(archive.Manifest.Tables.Single(table => table.Name == "items").Rows >= Many);
    }

    [Fact]
    public async Task A_restore_that_was_killed_leaves_the_database_as_it_was()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        await ManyItemsAsync(lake.Database);
        using var folder = new TempFolder();
        var file = folder.Below("lake.zip");
        using var backup = CatalogProcess.Start(lake.Database, lake.Warehouse, "backup", file);
        Assert.True(await backup.EndAsync() == 0, backup.Printed);

        await using var other = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), lake.Warehouse);
        await other.Service.CreateTablesAsync("silver", "mine");
        await FilledDatabase.FillAsync(other.ConnectionString);
        var before = await FilledDatabase.DigestAsync(other.ConnectionString);
        using (var restore = CatalogProcess.Start(other.ConnectionString, lake.Warehouse, "restore", file, "--replace"))
        {
            await UntilCopyingAsync(other.ConnectionString, restore, "COPY FROM");
            await restore.KillAsync();
        }

        Assert.Equal(before, await FilledDatabase.DigestAsync(other.ConnectionString));
        await other.Service.MetadataLocationAsync("silver", "mine");
        using var next = CatalogProcess.Start(other.ConnectionString, lake.Warehouse, "restore", file, "--replace");
        Assert.True(await next.EndAsync() == 0, next.Printed);
        Assert.Equal(await FilledDatabase.DigestAsync(lake.Database, "items"), await FilledDatabase.DigestAsync(other.ConnectionString, "items"));
    }

    static Task ManyItemsAsync(string database) => FilledDatabase.RunAsync(
        database,
        $"""
        INSERT INTO items SELECT r.* FROM (SELECT * FROM items LIMIT 1) i CROSS JOIN generate_series(1, {Many}) n
        CROSS JOIN LATERAL jsonb_populate_record(NULL::items, to_jsonb(i) || jsonb_build_object('scope', 'many', 'key', n::text, 'id', n + 1000)) r
        """);

    /// <summary>Waits until a copy is under way, which the database tells.</summary>
    static async Task UntilCopyingAsync(string database, CatalogProcess process, string command)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await Until.TrueAsync(
            async () =>
            {
                Assert.False(process.HasEnded, $"it ended before it was killed:\n{process.Printed}");
                await using var asked = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM pg_stat_progress_copy WHERE datname = current_database() AND command = $1 AND tuples_processed > 1000)", connection) { Parameters = { new() { Value = command } } };
                return (bool)(await asked.ExecuteScalarAsync())!;
            },
            "rows are copied");
    }
}
