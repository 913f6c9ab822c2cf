using Npgsql;

namespace LakeAspire.Catalog.Database;

/// <summary>
/// Reads by statements of our own, tried again on PostgreSQL's transient errors. For those whose text has a state of the lake in it, which EF would compile each time anew.
/// </summary>
internal sealed class SqlReads(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The rows of a statement with parameters <c>$1</c> and so on.</summary>
    public Task<List<T>> ListAsync<T>(string sql, object[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => TransientRetry.RunAsync(
        time,
        async () =>
        {
            await using var command = database.CreateCommand(sql);
            foreach (var value in parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            var rows = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        },
        cancellationToken);
}
