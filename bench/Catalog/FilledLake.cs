using System.Net.Http.Json;
using LakeAspire.Testing.Catalog;
using Npgsql;

namespace LakeAspire.Bench.Catalog;

/// <summary>Tables for the cases: a few made as clients make them, very many copied within the database, all of one metadata file.</summary>
internal sealed class FilledLake(CatalogServer server, NpgsqlDataSource database)
{
    const string Schema = """{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":false,"type":"long"},{"id":2,"name":"text","required":false,"type":"string"}]}""";

    public async Task CreateTablesAsync(string ns, int tables)
    {
        await PostAsync("iceberg/v1/namespaces", new { @namespace = new[] { ns } });
        for (var i = 0; i < tables; i++)
        {
            await PostAsync($"iceberg/v1/namespaces/{ns}/tables", new { name = $"t{i}", schema = System.Text.Json.JsonDocument.Parse(Schema).RootElement });
        }
    }

    public async Task FillAsync(string ns, int tables)
    {
        await CreateTablesAsync(ns, 1);
        await RunAsync(
            """
            WITH made AS (INSERT INTO tables (id, created_at) SELECT gen_random_uuid(), now() FROM generate_series(1, $2 - 1) RETURNING id)
            INSERT INTO pointers (branch_id, from_commit, table_id, namespace, name, metadata_location, location, format_version)
            SELECT 1, p.from_commit, m.id, p.namespace, 'c' || m.id, p.metadata_location, p.location || m.id, p.format_version FROM made m, pointers p WHERE p.branch_id = 1 AND p.namespace = $1 AND p.to_commit IS NULL
            """,
            ns, tables);
        await RunAsync("ANALYZE pointers");
    }

    /// <summary>Every table of a namespace has another pointer on a branch.</summary>
    public async Task TouchAsync(string branch, string ns)
    {
        await PostAsync($"iceberg/v1/{branch}/namespaces/{ns}/properties", new { updates = new Dictionary<string, string>(StringComparer.Ordinal) { ["touched"] = branch } });
        await RunAsync(
            """
            INSERT INTO pointers (branch_id, from_commit, table_id, namespace, name, metadata_location, location, format_version)
            SELECT b.id, b.head_commit_id, p.table_id, p.namespace, p.name, p.metadata_location || '?' || b.name, p.location, p.format_version
            FROM branches b, pointers p WHERE b.name = $1 AND p.branch_id = 1 AND p.namespace = $2 AND p.to_commit IS NULL AND p.kind = 0
            """,
            branch, ns);
    }

    async Task PostAsync(string path, object body)
    {
        using var response = await server.Service.PostAsJsonAsync(path, body);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{path}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    async Task RunAsync(string text, params object[] parameters)
    {
        await using var command = database.CreateCommand(text);
        command.CommandTimeout = 600;
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}
