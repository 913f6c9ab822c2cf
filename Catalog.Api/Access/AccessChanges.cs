using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Npgsql;

namespace LakeAspire.Catalog.Access;

/// <summary>The one way in which access changes: one transaction after another, each with its entry in the audit log, and forgotten caches.</summary>
internal sealed class AccessChanges(NpgsqlDataSource database, AccessCache cache, TimeProvider time)
{
    // The lock lasts until the transaction ends: changes that look before they write (cycles, last ones, names) see everything that came before.
    const string Next = "UPDATE access_version SET version = version + 1 WHERE id = 1";

    /// <summary>Makes a change; the entry of the log is made from what came out.</summary>
    public async Task<T> MakeAsync<T>(Func<NpgsqlConnection, DateTimeOffset, Task<T>> change, Func<T, AuditEntry?> entry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Sql.Command(Next), cancellationToken);
        var at = StoredTime.Now(time);
        var result = await change(connection, at);
        if (entry(result) is { } noted)
        {
            await ExecuteAsync(connection, AuditLog.Command(noted, at), cancellationToken);
        }

        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        finally
        {
            cache.Forget();
        }

        return result;
    }

    /// <summary>Makes a change.</summary>
    public Task<int> MakeAsync(Func<NpgsqlConnection, DateTimeOffset, Task<int>> change, AuditEntry entry, CancellationToken cancellationToken) => MakeAsync(change, _ => entry, cancellationToken);

    /// <summary>Runs a statement; how many rows it changed.</summary>
    public static async Task<int> ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs a query; its rows.</summary>
    public static async Task<List<T>> QueryAsync<T>(NpgsqlConnection connection, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
