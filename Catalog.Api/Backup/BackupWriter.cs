using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LakeAspire.Catalog.Database;
using Lakehouse.Formats.IO;
using Npgsql;

namespace LakeAspire.Catalog.Backup;

/// <summary>
/// Writes all that the database holds into one archive, a ZIP: every table by COPY, in one transaction that sees one state, while the catalog goes on. Nothing is kept in memory but a chunk.
/// </summary>
internal sealed class BackupWriter(NpgsqlDataSource database, IObjectStore store, TimeProvider time, ILogger<BackupWriter> logger)
{
    const string Head = "SELECT c.id, c.at FROM branches b JOIN commits c ON c.id = b.head_commit_id WHERE b.name = $1";

    /// <summary>Writes an archive; it is whole when the task completes.</summary>
    /// <param name="sink">Takes the archive; need not be seekable.</param>
    /// <param name="secret">The text that the key is made from, and what it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<BackupManifest> WriteAsync(Stream sink, BackupSecret secret, CancellationToken cancellationToken)
    {
        using var key = ArchiveKey.Create(secret.Text);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using (var readOnly = new NpgsqlCommand("SET TRANSACTION READ ONLY", connection))
        {
            await readOnly.ExecuteNonQueryAsync(cancellationToken);
        }

        await CopySettings.ApplyAsync(connection, cancellationToken);
        var createdAt = StoredTime.Now(time);
        var head = await StoredTables.QueryAsync(connection, Head, r => new BackupHead(r.GetInt64(0), r.GetFieldValue<DateTimeOffset>(1)), cancellationToken, BranchRow.Main);
        var migrations = await StoredTables.MigrationsAsync(connection, cancellationToken);
        var stored = await StoredTables.ReadAsync(connection, cancellationToken);
        await using var archive = await ZipArchive.CreateAsync(sink, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var tables = new List<BackupTable>(stored.Count);
        foreach (var table in stored)
        {
            var isSecret = table.Columns.Any(column => SecretColumns.All.Contains((table.Name, column)));
            tables.Add(await CopyAsync(connection, archive, table, tables.Count, isSecret ? key : null, cancellationToken));
        }

        var columns = SecretColumns.All.Where(c => stored.Any(t => t.Name == c.Table && t.Columns.Contains(c.Column, StringComparer.Ordinal))).Select(c => $"{c.Table}.{c.Column}").Order(StringComparer.Ordinal).ToList();
        var manifest = new BackupManifest(
            BackupManifest.FormatName, BackupManifest.CurrentVersion, createdAt, migrations, store.Root, head.FirstOrDefault(),
            new BackupSecrets(secret.Kind, Convert.ToBase64String(key.Salt), key.Rounds, columns) { Check = key.Check }, tables, await StoredTables.SequencesAsync(connection, cancellationToken));
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, BackupManifest.Json);
        await AddAsync(archive, BackupManifest.EntryName, json, cancellationToken);
        await AddAsync(archive, BackupManifest.ChecksumName, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json))), cancellationToken);
        await AddAsync(archive, BackupManifest.SignatureName, Encoding.ASCII.GetBytes(key.Sign(json)), cancellationToken);

        Log.BackedUp(logger, tables.Count, tables.Sum(table => table.Rows));
        return manifest;
    }

    static async Task AddAsync(ZipArchive archive, string name, byte[] content, CancellationToken cancellationToken)
    {
        await using var entry = await archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await entry.WriteAsync(content, cancellationToken);
    }

    static async Task<BackupTable> CopyAsync(NpgsqlConnection connection, ZipArchive archive, StoredTable table, int number, ArchiveKey? key, CancellationToken cancellationToken)
    {
        var name = $"tables/{table.Name}.copy{(key is null ? "" : ".sealed")}";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var entry = await archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        using var reader = (StreamReader)await connection.BeginTextExportAsync($"COPY {StoredTables.CopyTarget(table.Name, table.Columns)} TO STDOUT", cancellationToken);
        var text = new byte[ArchiveKey.ChunkSize];
        var sealedChunk = key is null ? [] : new byte[ArchiveKey.ChunkSize + ArchiveKey.Overhead];
        long rows = 0, bytes = 0, chunk = 0;
        int length;
        do
        {
            length = await reader.BaseStream.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken);
            rows += text.AsSpan(0, length).Count((byte)'\n');
            key?.Seal(text.AsSpan(0, length), number, chunk++, sealedChunk);
            var written = key is null ? text.AsMemory(0, length) : sealedChunk.AsMemory(0, length + ArchiveKey.Overhead);
            hash.AppendData(written.Span);
            bytes += written.Length;
            await entry.WriteAsync(written, cancellationToken);
        }
        while (length == text.Length);

        return new BackupTable(table.Name, name, table.Columns, rows, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), key is not null);
    }
}

/// <summary>What the key of an archive's secrets is made from.</summary>
internal sealed record BackupSecret(string Kind, string Text)
{
    public const string Passphrase = "passphrase";
    public const string Installation = "installation";
}
