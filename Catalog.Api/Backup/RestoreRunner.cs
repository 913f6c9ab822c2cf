using LakeAspire.Catalog.Database;
using Lakehouse.Formats.IO;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Backup;

/// <summary>What a restore put back.</summary>
internal sealed record Restored(BackupManifest Manifest, long Rows, IReadOnlyList<string> MigrationsApplied);

/// <summary>
/// Puts an archive back, in one transaction: the schema as it was when the archive was made, its rows, then the migrations that came since. PostgreSQL's DDL takes part in transactions,
/// so that whoever dies in the middle leaves the database as it was.
/// </summary>
internal sealed class RestoreRunner(NpgsqlDataSource database, IDbContextFactory<CatalogDb> databases, IObjectStore store, ILogger<RestoreRunner> logger)
{
    const int Attempts = 5;

    /// <summary>How many ids are left out after a restore.</summary>
    public const long Gap = 1_000_000;

    /// <summary>Where the ids come from that clients get to see: of commits and of runs.</summary>
    public static readonly IReadOnlyList<string> SeenIds = ["commits_id_seq", "runs_id_seq"];

    // What migrations and starts of the service put into an empty database; null: whatever is there, nobody would miss it.
    static readonly Dictionary<string, string?> Expected = new(StringComparer.Ordinal)
    {
        ["branches"] = "name <> 'main' OR head_commit_id IS NOT NULL",
        ["principals"] = $"id <> '{Access.Principals.BuiltIn.Administrators}'",
        ["access_version"] = null,
        ["audit"] = null,
        ["signing_keys"] = null,
        ["sign_in_sessions"] = null,
        ["sign_in_throttles"] = null,
    };

    // Instances that run know rights by this number: it must be one that they have not seen.
    const string AccessVersion = "SELECT version FROM access_version";
    const string NextAccessVersion = "UPDATE access_version SET version = greatest(version, {0}) + 1";

    // All that the schema holds, but for what extensions brought; sequences of columns go with their tables.
    const string Objects = """
        SELECT format('DROP %s IF EXISTS %s CASCADE', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, c.oid::regclass)
        FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'e' OR (c.relkind = 'S' AND d.deptype IN ('i', 'a'))))
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
        FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        """;
    const string ForeignKeys = """
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conparentid = 0
        """;
    const string Triggers = """
        SELECT DISTINCT format('ALTER TABLE %s DISABLE TRIGGER USER', t.tgrelid::regclass), format('ALTER TABLE %s ENABLE TRIGGER USER', t.tgrelid::regclass)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
        """;

    /// <summary>Checks an archive from end to end, then restores it.</summary>
    /// <param name="archive">The archive, seekable.</param>
    /// <param name="secret">The text that its key was made from.</param>
    /// <param name="replace">Whether what the database holds may go.</param>
    /// <param name="unsigned">Whether an archive is taken that is not signed, or was changed after it was.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="BackupException">The archive or the database is not fit for it; nothing happened.</exception>
    public async Task<Restored> RestoreAsync(Stream archive, string secret, bool replace, bool unsigned, CancellationToken cancellationToken)
    {
        await using var backup = await BackupArchive.OpenAsync(archive, cancellationToken);
        using var key = ArchiveKey.Of(secret, backup.Manifest.Secrets);
        Check(backup.Manifest);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var scripts = new MigrationScripts(db);
        scripts.Check(backup.Manifest.Migrations);
        backup.Authenticate(key, unsigned);
        await backup.VerifyAsync(key, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReplaceAsync(backup, key, scripts, replace, cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < Attempts)
            {
                // Somebody was reading what was about to go, in another order.
            }
        }
    }

    /// <summary>Looks whether an archive could be restored here: whole, signed by this key, of a version that is known.</summary>
    /// <returns>What it says of itself, and the migrations that it would need.</returns>
    /// <exception cref="BackupException">Why not.</exception>
    public async Task<Restored> VerifyAsync(Stream archive, string secret, CancellationToken cancellationToken)
    {
        await using var backup = await BackupArchive.OpenAsync(archive, cancellationToken);
        using var key = ArchiveKey.Of(secret, backup.Manifest.Secrets);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var scripts = new MigrationScripts(db);
        scripts.Check(backup.Manifest.Migrations);
        backup.Authenticate(key, unsigned: false);
        await backup.VerifyAsync(key, cancellationToken);
        return new Restored(backup.Manifest, backup.Manifest.Tables.Sum(table => table.Rows), scripts.Since(backup.Manifest.Migrations));
    }

    async Task<Restored> ReplaceAsync(BackupArchive backup, ArchiveKey? key, MigrationScripts scripts, bool replace, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        await CopySettings.ApplyAsync(connection, cancellationToken);
        if (!replace && await InUseAsync(connection, cancellationToken) is { Count: > 0 } inUse)
        {
            throw new BackupException($"The database is in use: {string.Join(", ", inUse)} hold rows. Restore into an empty database, or say that what it holds may go (--replace).");
        }

        var hasAccess = (await StoredTables.ReadAsync(connection, cancellationToken)).Any(table => table.Name == "access_version");
        var seen = await StoredTables.SequencesAsync(connection, cancellationToken);
        var accessVersion = hasAccess ? await StoredTables.QueryAsync(connection, AccessVersion, reader => reader.GetInt64(0), cancellationToken) : [];
        await RunAllAsync(connection, await StoredTables.QueryAsync(connection, Objects, reader => reader.GetString(0), cancellationToken), cancellationToken);
        await RunAllAsync(connection, backup.Manifest.Migrations.SelectMany(scripts.Of).Prepend(scripts.History), cancellationToken);
        var rows = await FillAsync(connection, backup, key, cancellationToken);
        var since = scripts.Since(backup.Manifest.Migrations);
        await RunAllAsync(connection, since.SelectMany(scripts.Of), cancellationToken);
        await RunAllAsync(connection, [string.Format(System.Globalization.CultureInfo.InvariantCulture, NextAccessVersion, accessVersion.FirstOrDefault())], cancellationToken);
        await SkipIdsAsync(connection, seen, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        Log.Restored(logger, backup.Manifest.Tables.Count, rows, since.Count);
        return new Restored(backup.Manifest, rows, since);
    }

    /// <summary>
    /// What came after the backup is gone, and its ids are not given again: clients have seen them. Of the database that is replaced they are known; what another one, now lost, gave since the backup nobody
    /// knows, and a gap is left that is larger than that can be.
    /// </summary>
    static async Task SkipIdsAsync(NpgsqlConnection connection, IReadOnlyList<BackupSequence> seen, CancellationToken cancellationToken)
    {
        var now = (await StoredTables.SequencesAsync(connection, cancellationToken)).ToDictionary(s => s.Name, s => s.Last, StringComparer.Ordinal);
        foreach (var name in SeenIds)
        {
            var last = Math.Max(now.GetValueOrDefault(name), seen.FirstOrDefault(s => s.Name == name)?.Last ?? 0);
            if (last > 0)
            {
                await StoredTables.QueryAsync(connection, "SELECT setval(quote_ident($1)::regclass, $2)", reader => reader.GetInt64(0), cancellationToken, name, last + Gap);
            }
        }
    }

    /// <summary>Metadata files name their files in full: they say nothing in another place.</summary>
    void Check(BackupManifest manifest)
    {
        if (manifest.Warehouse != store.Root)
        {
            throw new BackupException($"The archive belongs to the warehouse {manifest.Warehouse}; this catalog has {store.Root}. Tables name their files in full: put the warehouse where it was, and configure that.");
        }
    }

    static async Task<long> FillAsync(NpgsqlConnection connection, BackupArchive backup, ArchiveKey? key, CancellationToken cancellationToken)
    {
        var tables = await StoredTables.ReadAsync(connection, cancellationToken);
        if (backup.Manifest.Tables.Select(table => table.Name).Except(tables.Select(table => table.Name), StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
        {
            throw new BackupException($"The archive holds tables that its migrations do not make: {string.Join(", ", unknown)}.");
        }

        // Foreign keys are checked when they are put back, all at once; triggers watch over users, not over a restore; what migrations put in is in the archive, too.
        var keys = await StoredTables.QueryAsync(connection, ForeignKeys, reader => (Drop: reader.GetString(0), Add: reader.GetString(1)), cancellationToken);
        var triggers = await StoredTables.QueryAsync(connection, Triggers, reader => (Off: reader.GetString(0), On: reader.GetString(1)), cancellationToken);
        await RunAllAsync(connection, triggers.Select(t => t.Off).Concat(keys.Select(k => k.Drop)), cancellationToken);
        await RunAllAsync(connection, tables.Select(table => $"DELETE FROM {StoredTables.Quoted(table.Name)}"), cancellationToken);
        long rows = 0;
        foreach (var (table, number) in backup.Manifest.Tables.Select((table, number) => (table, number)))
        {
            rows += await CopyAsync(connection, backup, table, number, key, cancellationToken);
        }

        foreach (var sequence in backup.Manifest.Sequences)
        {
            await StoredTables.QueryAsync(connection, "SELECT setval(quote_ident($1)::regclass, $2)", reader => reader.GetInt64(0), cancellationToken, sequence.Name, sequence.Last);
        }

        await RunAllAsync(connection, keys.Select(k => k.Add).Concat(triggers.Select(t => t.On)), cancellationToken);
        return rows;
    }

    static async Task<long> CopyAsync(NpgsqlConnection connection, BackupArchive backup, BackupTable table, int number, ArchiveKey? key, CancellationToken cancellationToken)
    {
        await using (var writer = (StreamWriter)await connection.BeginTextImportAsync($"COPY {StoredTables.CopyTarget(table.Name, table.Columns)} FROM STDIN", cancellationToken))
        {
            await backup.ReadAsync(table, number, key, writer.BaseStream.WriteAsync, cancellationToken);
        }

        var count = await StoredTables.QueryAsync(connection, $"SELECT count(*) FROM {StoredTables.Quoted(table.Name)}", reader => reader.GetInt64(0), cancellationToken);
        return count[0] == table.Rows ? count[0] : throw new BackupException($"Table {table.Name} got {count[0]} rows of {table.Rows}.");
    }

    /// <summary>The tables that hold what somebody would miss.</summary>
    static async Task<List<string>> InUseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var inUse = new List<string>();
        foreach (var table in await StoredTables.ReadAsync(connection, cancellationToken))
        {
            var missed = Expected.GetValueOrDefault(table.Name, "true");
            if (missed is not null && (await StoredTables.QueryAsync(connection, $"SELECT EXISTS (SELECT 1 FROM {StoredTables.Quoted(table.Name)} WHERE {missed})", reader => reader.GetBoolean(0), cancellationToken))[0])
            {
                inUse.Add(table.Name);
            }
        }

        return inUse;
    }

    static async Task RunAllAsync(NpgsqlConnection connection, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
