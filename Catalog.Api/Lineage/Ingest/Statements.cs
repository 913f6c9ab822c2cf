using LakeAspire.Catalog.Commits;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>Statements of one transaction, one after the other.</summary>
internal sealed class Statements(NpgsqlConnection connection)
{
    public NpgsqlConnection Connection => connection;

    public async Task<int> ExecuteAsync(string text, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(text, parameters) } };
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first value; the default when there is no row.</summary>
    public async Task<T?> ScalarAsync<T>(string text, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(text, parameters) } };
        return await batch.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull ? (T)value : default;
    }

    public async Task<T> RowAsync<T>(string text, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(text, parameters) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return read(reader);
    }
}
