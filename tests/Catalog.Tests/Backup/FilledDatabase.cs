using LakeAspire.Catalog.Backup;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Backup;

/// <summary>Fills every table of a database, whichever there are, and says what a database holds.</summary>
internal static class FilledDatabase
{
    // Text that COPY has to escape.
    const string Awkward = @"E'tab\t line\n back\\slash \\N \\. “quotes” \U0001F980'";

    const string Columns = """
        SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attidentity <> '',
               (SELECT format('(SELECT %I FROM %s ORDER BY 1 DESC LIMIT 1)', f.attname, k.confrelid::regclass)
                FROM pg_constraint k JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[array_position(k.conkey, a.attnum)]
                WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey) LIMIT 1)
        FROM pg_attribute a WHERE a.attrelid = quote_ident($1)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        """;

    /// <summary>Adds a row to every table that has none; gives the tables that hold rows then.</summary>
    public static async Task<IReadOnlyList<string>> FillAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var filled = new List<string>();
        foreach (var table in await StoredTables.ReadAsync(connection, TestContext.Current.CancellationToken))
        {
            var name = StoredTables.Quoted(table.Name);
            if (!(await StoredTables.QueryAsync(connection, $"SELECT EXISTS (SELECT 1 FROM {name})", r => r.GetBoolean(0), TestContext.Current.CancellationToken))[0])
            {
                var columns = (await StoredTables.QueryAsync(
                    connection, Columns, r => (Name: r.GetString(0), Type: r.GetString(1), Identity: r.GetBoolean(2), Reference: r.IsDBNull(3) ? null : r.GetString(3)), TestContext.Current.CancellationToken, table.Name))
                    .Where(column => !column.Identity).ToList();
                try
                {
                    await RunAsync(connection, $"INSERT INTO {StoredTables.CopyTarget(table.Name, [.. columns.Select(c => c.Name)])} SELECT {string.Join(", ", columns.Select(c => c.Reference ?? ValueOf(c.Type)))}");
                }
                catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.RaiseException)
                {
                    // Its rows have to make sense; it stays empty here.
                    continue;
                }
            }

            filled.Add(table.Name);
        }

        return filled;
    }

    /// <summary>A line for each table: its name, its rows, a digest of them; and one for each sequence.</summary>
    public static async Task<IReadOnlyList<string>> DigestAsync(string database, params string[] without)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var lines = new List<string>();
        foreach (var table in await StoredTables.ReadAsync(connection, TestContext.Current.CancellationToken))
        {
            // A restore counts the version of rights on, and leaves out ids that clients may have seen; decisions come to the audit log behind the requests; a service that runs works the inbox off.
            if (table.Name is not ("access_version" or "audit" or "lineage_inbox") && !without.Contains(table.Name))
            {
                lines.AddRange(await StoredTables.QueryAsync(
                    connection, $"SELECT format('%s %s %s', $1::text, count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))) FROM {StoredTables.Quoted(table.Name)} t",
                    r => r.GetString(0), TestContext.Current.CancellationToken, table.Name));
            }
        }

        lines.AddRange((await StoredTables.SequencesAsync(connection, TestContext.Current.CancellationToken)).Where(s => !s.Name.StartsWith("audit", StringComparison.Ordinal) && !RestoreRunner.SeenIds.Contains(s.Name)).Select(s => $"{s.Name} {s.Last}"));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public static async Task RunAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await RunAsync(connection, sql);
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    static string ValueOf(string type) => type switch
    {
        "text" => Awkward,
        "text[]" => $"ARRAY[{Awkward}, NULL, '']",
        "uuid" => "gen_random_uuid()",
        "boolean" => "true",
        "jsonb" or "json" => """'{"a": "tab\t quote\" back\\ ü"}'""",
        "bytea" => @"'\x00ff0a09'",
        "timestamp with time zone" => "timestamptz '2126-01-02 03:04:05.678901+02'",
        "date" => "date '2026-01-02'",
        "interval" => "interval '1 day 2 hours 3.5 seconds'",
        "double precision" or "real" => "0.1",
        "uuid[]" => "ARRAY[gen_random_uuid()]",
        "bigint[]" => "ARRAY[1, 2]",
        _ => "1",
    };
}
