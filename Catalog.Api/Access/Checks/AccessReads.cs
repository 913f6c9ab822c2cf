using System.Text.Json;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Access.Policies;
using Npgsql;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>What is known of principals and credentials, each in one round trip.</summary>
internal static class AccessReads
{
    // Cycles cannot be stored; UNION would end the recursion even then.
    const string Up = """
        WITH RECURSIVE up (id) AS (SELECT $1::uuid UNION SELECT m.group_id FROM up JOIN memberships m ON m.member_id = up.id)
        """;
    const string Principals = Up + " SELECT p.id, p.kind, p.name, p.disabled_at IS NULL AND p.deleted_at IS NULL FROM up JOIN principals p ON p.id = up.id";
    const string Grants = Up + """
         SELECT g.privilege, g.namespace, g.table_id, g.branch,
            ARRAY(SELECT DISTINCT p.namespace FROM pointers p WHERE p.table_id = g.table_id AND p.to_commit IS NULL)
        FROM grants g WHERE g.principal_id IN (SELECT up.id FROM up JOIN principals p ON p.id = up.id WHERE p.deleted_at IS NULL AND p.disabled_at IS NULL)
        """;
    const string Credential = """
        SELECT principal_id, hash, expires_at, revoked_at IS NOT NULL FROM api_keys WHERE id = $1
        UNION ALL SELECT principal_id, NULL, expires_at, ended_at IS NOT NULL FROM sign_in_sessions WHERE id = $1
        """;
    const string Policies = "SELECT table_id, name, version, row_filter, masks, bound, exempt, fields FROM table_policies ORDER BY table_id, name";

    public static async Task<CallerState?> PrincipalAsync(NpgsqlDataSource database, Guid id)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(Principals, id));
        batch.BatchCommands.Add(Sql.Command(Grants, id));
        await using var reader = await batch.ExecuteReaderAsync();
        var all = new List<(Guid Id, string Kind, string Name, bool IsEnabled)>();
        while (await reader.ReadAsync())
        {
            all.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)));
        }

        await reader.NextResultAsync();
        var grants = new List<GrantEntry>();
        while (await reader.ReadAsync())
        {
            grants.Add(new GrantEntry(
                PrivilegeRules.Parse(reader.GetString(0)).WithImplied(), Text(reader, 1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.GetFieldValue<string[]>(4), Text(reader, 3)));
        }

        if (!all.Exists(p => p.Id == id))
        {
            return null;
        }

        var self = all.Find(p => p.Id == id);
        var members = all.Where(p => p.IsEnabled).ToList();
        var isAdministrator = self.IsEnabled && members.Exists(p => p.Id == BuiltIn.Administrators);
        var rights = !self.IsEnabled ? Rights.Nothing : isAdministrator ? Rights.Everything : Rights.Of(self.Name, grants);
        return new CallerState(
            id, self.Kind, self.Name, self.IsEnabled, isAdministrator, members.Select(p => p.Id).ToList(), members.Where(p => p.Id != id).Select(p => p.Name).ToHashSet(StringComparer.Ordinal), rights);
    }

    public static async Task<Guid?> IdOfAsync(NpgsqlDataSource database, string name)
    {
        await using var command = database.CreateCommand("SELECT id FROM principals WHERE name = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return (Guid?)await command.ExecuteScalarAsync();
    }

    public static async Task<CredentialState?> CredentialAsync(NpgsqlDataSource database, Guid id)
    {
        await using var command = database.CreateCommand(Credential);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? new CredentialState(
                id, reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2), reader.GetBoolean(3))
            : null;
    }

    public static async Task<Dictionary<Guid, List<StoredPolicy>>?> PoliciesAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(Policies);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new Dictionary<Guid, List<StoredPolicy>>();
        while (await reader.ReadAsync())
        {
            if (!found.TryGetValue(reader.GetGuid(0), out var ofTable))
            {
                found[reader.GetGuid(0)] = ofTable = [];
            }

            ofTable.Add(new StoredPolicy(
                reader.GetString(1), reader.GetInt32(2), Text(reader, 3), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4)) ?? [],
                reader.GetFieldValue<Guid[]>(5), reader.GetFieldValue<Guid[]>(6), StoredPolicy.ReadFields(Text(reader, 7))));
        }

        return found;
    }

    static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
