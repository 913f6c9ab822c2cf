using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Entries of the audit log go when they are older than is said, and in no other way.</summary>
public sealed class AuditRetentionTests(PostgresServer postgres)
{
    const string Old = "INSERT INTO audit (at, principal, action, outcome, securable, count, detail) SELECT now() - d * interval '1 day', 'ada', 'select', 'allowed', 'table gold.t', 1, '{}' FROM unnest(ARRAY[10, 35, 50, 400]) AS d";
    const string Kept = "SELECT count(*) FROM audit WHERE principal = 'ada'";

    [Fact]
    public async Task Older_entries_go_and_that_they_went_is_noted()
    {
        await using var server = await CatalogServer.StartAsync(postgres, configure: null, "--Catalog:Access:AuditRetention=40.00:00:00", "--Catalog:SweepInterval=00:00:01");
        await using var connection = await OpenAsync(server);
        await ExecuteAsync(connection, Old);
        await Until.TrueAsync(async () => await ExecuteAsync(connection, Kept) is 2L, "entries of more than 40 days are gone");
        var noted = (await server.User.GetJsonAsync("api/audit?action=audit.expire"))["entries"]![0]!;
        Assert.Equal(("lakeaspire", 2), (noted["principal"]!.GetValue<string>(), noted["detail"]!["entries"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Without_saying_so_nothing_goes_and_what_is_young_never()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await using var connection = await OpenAsync(server);
        await ExecuteAsync(connection, Old);
        await RefusedAsync("DELETE FROM audit WHERE at < now() - interval '300 days'");
        await RefusedAsync("SET lakeaspire.audit_retention = 'on'; DELETE FROM audit WHERE at < now() - interval '5 days'");
        await RefusedAsync("SET lakeaspire.audit_retention = 'on'; TRUNCATE audit");
        await RefusedAsync("SET lakeaspire.audit_retention = 'on'; UPDATE audit SET principal = 'eve'");
        Assert.Equal(4L, await ExecuteAsync(connection, Kept));

        async Task RefusedAsync(string sql) => Assert.Contains("append-only", (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(connection, sql))).MessageText, StringComparison.Ordinal);
    }

    static async Task<NpgsqlConnection> OpenAsync(CatalogServer server)
    {
        var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
