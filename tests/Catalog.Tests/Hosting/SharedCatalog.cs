using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Hosting;

/// <summary>One catalog for the tests of a class, which run one after the other; each of them empties it first.</summary>
public sealed class SharedCatalog(PostgresServer postgres) : IAsyncDisposable
{
    CatalogServer? server;

    /// <summary>The catalog, empty.</summary>
    public async Task<CatalogServer> EmptyAsync()
    {
        server ??= await CatalogServer.StartAsync(postgres);
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            TRUNCATE pointers, tables, commits, cursors, items, projects, runs, run_nodes, publications, leases, sources, protections, purges, idempotency_keys;
            DELETE FROM branches WHERE name <> 'main';
            UPDATE branches SET head_commit_id = NULL, is_protected = false;
            """,
            connection);
        await command.ExecuteNonQueryAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
