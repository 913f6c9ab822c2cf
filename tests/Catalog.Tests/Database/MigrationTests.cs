using System.Net;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Hosting;
using LakeAspire.Testing.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Database;

/// <summary>The hand-written migrations, the hand-written snapshot and the model say the same.</summary>
public sealed class MigrationTests(PostgresServer postgres)
{
    // What a database consists of, as PostgreSQL itself spells it.
    const string Shape = """
        SELECT format('column %s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                      CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END, coalesce(' collate ' || o.collname, ''))
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation o ON o.oid = a.attcollation AND o.collname <> 'default'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '__EFMigrationsHistory'
        UNION ALL
        SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '__EFMigrationsHistory'
        UNION ALL
        SELECT format('constraint %s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> coalesce(to_regclass('"__EFMigrationsHistory"'), 0)
        ORDER BY 1
        """;

    [Fact]
    public async Task The_model_has_no_change_that_lacks_a_migration()
    {
        await using var db = Open(await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken));
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task A_database_migrated_up_equals_one_made_from_the_model()
    {
        await using var migrated = Open(await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken));
        await migrated.Database.MigrateAsync(TestContext.Current.CancellationToken);
        await using var made = Open(await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken));
        await made.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);

        var expected = await ShapeOfAsync(made);
        Assert.True(expected.Count > 60);
        Assert.Equal(expected, await ShapeOfAsync(migrated));
    }

    [Fact]
    public async Task Migrating_twice_changes_nothing()
    {
        await using var db = Open(await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken));
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);
        Assert.Equal([BranchRow.Main], await db.Branches.Select(b => b.Name).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Where_migrations_are_a_step_of_their_own_the_service_waits_for_it()
    {
        using var folder = new LakeAspire.Testing.TempFolder();
        await using var app = CatalogApp.Build(
        [
            "--urls=http://127.0.0.1:0", $"--ConnectionStrings:catalog={await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken)}", "--Catalog:MigrateOnStart=false",
            $"--Lake:Storage:Warehouse={Lakehouse.Storage.LocalPath.ToLocation(folder.Path)}", $"--Lake:Auth:ServiceKey={new string('s', 40)}", $"--Lake:Auth:UserKey={new string('u', 40)}",
        ]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", new string('s', 40));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/api/tables", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(0, await MigrateCommand.RunAsync(app.Services));
        await LakeAspire.Testing.Until.TrueAsync(async () => (await client.GetAsync("/health", TestContext.Current.CancellationToken)).IsSuccessStatusCode, "the service notices");
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    static CatalogDb Open(string connectionString) => new(new DbContextOptionsBuilder<CatalogDb>().UseNpgsql(connectionString).Options);

    static async Task<List<string>> ShapeOfAsync(CatalogDb db)
    {
        await using var connection = new NpgsqlConnection(db.Database.GetConnectionString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(Shape, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
