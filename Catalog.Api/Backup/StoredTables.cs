using LakeAspire.Catalog.Commits;
using Npgsql;

namespace LakeAspire.Catalog.Backup;

/// <summary>A table of the database as PostgreSQL's own catalog describes it.</summary>
internal sealed record StoredTable(string Name, IReadOnlyList<string> Columns);

/// <summary>What the database consists of, whatever tables a version of the service has.</summary>
internal static class StoredTables
{
    public const string History = "__EFMigrationsHistory";

    // Referenced tables before those that refer to them, where there is such an order: an archive can be read in by hand, too.
    const string Tables = """
        WITH RECURSIVE own AS (
            SELECT c.oid, c.relname FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> $1
              AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
        reference AS (SELECT conrelid AS child, confrelid AS parent FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid),
        depth AS (
            SELECT oid, 0 AS level FROM own
            UNION
            SELECT r.child, d.level + 1 FROM depth d JOIN reference r ON r.parent = d.oid WHERE d.level < 32)
        SELECT o.relname, array_agg(a.attname::text ORDER BY a.attnum)
        FROM own o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        GROUP BY o.oid, o.relname ORDER BY (SELECT max(level) FROM depth d WHERE d.oid = o.oid), o.relname
        """;
    const string Sequences = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1";
    const string Migrations = "SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\" ORDER BY 1";

    public static async Task<IReadOnlyList<StoredTable>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await QueryAsync(connection, Tables, reader => new StoredTable(reader.GetString(0), reader.GetFieldValue<string[]>(1)), cancellationToken, History);

    /// <summary>Where sequences stand. A sequence knows no snapshot: asked after the rows were read, it stands at what they hold or beyond.</summary>
    public static async Task<IReadOnlyList<BackupSequence>> SequencesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await QueryAsync(connection, Sequences, reader => new BackupSequence(reader.GetString(0), reader.GetInt64(1)), cancellationToken);

    /// <summary>The migrations that were applied; none where there is no schema yet.</summary>
    public static async Task<IReadOnlyList<string>> MigrationsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var exists = await QueryAsync(connection, "SELECT to_regclass(quote_ident($1)) IS NOT NULL", reader => reader.GetBoolean(0), cancellationToken, History);
        return exists[0] ? await QueryAsync(connection, Migrations, reader => reader.GetString(0), cancellationToken) : [];
    }

    public static async Task<List<T>> QueryAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(sql, parameters) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>A table and its columns as COPY names them.</summary>
    public static string CopyTarget(string table, IReadOnlyList<string> columns) => $"{Quoted(table)} ({string.Join(", ", columns.Select(Quoted))})";
}
