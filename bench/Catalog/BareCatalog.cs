using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Npgsql;

namespace LakeAspire.Bench.Catalog;

/// <summary>The statements and files that the catalog's work needs at the least, and nothing around them.</summary>
internal sealed class BareCatalog(NpgsqlDataSource database, IObjectStore store)
{
    byte[] metadata = [];
    string folder = "";

    /// <summary>Tables to commit to: their ids. The file that a commit writes is as large as the table's.</summary>
    public async Task<Guid[]> PrepareAsync(string ns, int tables)
    {
        var ids = new Guid[tables];
        for (var i = 0; i < tables; i++)
        {
            await using var command = Command("SELECT table_id, metadata_location, location FROM pointers WHERE branch_id = 1 AND namespace = $1 AND name = $2 AND to_commit IS NULL", ns, $"t{i}");
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            ids[i] = reader.GetGuid(0);
            folder = reader.GetString(2);
            metadata = await ReadAsync(reader.GetString(1));
        }

        return ids;
    }

    /// <summary>A compare-and-swap of one pointer with its commit, and the new metadata file.</summary>
    public async Task CommitAsync(Guid table)
    {
        var location = $"{folder}/metadata/{Guid.CreateVersion7():N}.metadata.json";
        using (var content = new MemoryStream(metadata, writable: false))
        {
            await store.PutIfAbsentAsync(location, content);
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var read = new NpgsqlBatch(connection))
        {
            Add(read, "SELECT head_commit_id FROM branches WHERE id = 1 FOR UPDATE");
            Add(read, "SELECT id FROM pointers WHERE branch_id = 1 AND table_id = $1 AND to_commit IS NULL", table);
            Add(read, "SELECT nextval(pg_get_serial_sequence('commits', 'id'))");
            await using var reader = await read.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            var id = reader.GetInt64(0);
            await reader.DisposeAsync();
            await using var write = new NpgsqlBatch(connection);
            Add(write, "INSERT INTO commits (id, branch_id, at, author, message) VALUES ($1, 1, now(), 'bare', 'bare')", id);
            Add(write, "UPDATE pointers SET to_commit = $1 WHERE branch_id = 1 AND table_id = $2 AND to_commit IS NULL", id, table);
            Add(
                write,
                """
                INSERT INTO pointers (branch_id, from_commit, table_id, namespace, name, metadata_location, location, format_version)
                SELECT 1, $1, table_id, namespace, name, $3, location, format_version FROM pointers WHERE branch_id = 1 AND table_id = $2 AND to_commit = $1
                """,
                id, table, location);
            Add(write, "UPDATE branches SET head_commit_id = $1 WHERE id = 1", id);
            await write.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    /// <summary>A pointer, and the file that it points to.</summary>
    public async Task LoadAsync(string ns, string name)
    {
        await using var command = Command("SELECT metadata_location FROM pointers WHERE branch_id = 1 AND namespace = $1 AND name = $2 AND to_commit IS NULL", ns, name);
        await ReadAsync((string)(await command.ExecuteScalarAsync())!);
    }

    /// <summary>All pointers of a namespace become others in one commit.</summary>
    public async Task MoveAsync(string ns)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var next = new NpgsqlCommand("SELECT nextval(pg_get_serial_sequence('commits', 'id')) FROM (SELECT 1 FROM branches WHERE id = 1 FOR UPDATE) AS b", connection);
        var id = (long)(await next.ExecuteScalarAsync())!;
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "INSERT INTO commits (id, branch_id, at, author, message) VALUES ($1, 1, now(), 'bare', 'bare')", id);
        Add(batch, "UPDATE pointers SET to_commit = $1 WHERE branch_id = 1 AND namespace = $2 AND to_commit IS NULL", id, ns);
        Add(
            batch,
            """
            INSERT INTO pointers (branch_id, from_commit, table_id, namespace, name, metadata_location, location, format_version)
            SELECT 1, $1, table_id, namespace, name, metadata_location, location, format_version FROM pointers WHERE branch_id = 1 AND namespace = $2 AND to_commit = $1
            """,
            id, ns);
        Add(batch, "UPDATE branches SET head_commit_id = $1 WHERE id = 1", id);
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public async Task BranchAsync(string name)
    {
        await using var command = Command("INSERT INTO branches (name, kind, parent_id, parent_commit, created_at, created_by) SELECT $1, 0, id, head_commit_id, now(), 'bare' FROM branches WHERE id = 1", name);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A thousand names after another; the last of them, empty at the end.</summary>
    public async Task<string> PageAsync(string ns, string after)
    {
        await using var command = Command("SELECT name FROM pointers WHERE branch_id = 1 AND namespace = $1 AND name > $2 AND to_commit IS NULL AND NOT dropped AND kind <> 2 ORDER BY name LIMIT 1000", ns, after);
        await using var reader = await command.ExecuteReaderAsync();
        var last = "";
        while (await reader.ReadAsync())
        {
            last = reader.GetString(0);
        }

        return last;
    }

    async Task<byte[]> ReadAsync(string location)
    {
        await using var stream = await store.OpenReadAsync(location);
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer);
        return buffer.ToArray();
    }

    NpgsqlCommand Command(string text, params object[] parameters)
    {
        var command = database.CreateCommand(text);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    static void Add(NpgsqlBatch batch, string text, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
