using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>
/// A DuckDB in memory for one query of a stranger: views over exactly the files that it may read, the functions that these views use (each bound to its own positions or files, and not to be called by the query), and then no way out. The order counts: lists of allowed paths can be set until external access is off, and
/// nothing at all once the configuration is locked.
/// </summary>
internal sealed class LockedDatabase : IDisposable
{
    const string Catalog = "lake";
    readonly DuckDbDatabase database;

    LockedDatabase(DuckDbDatabase database, DuckDbConnection connection)
    {
        this.database = database;
        Connection = connection;
    }

    public DuckDbConnection Connection { get; }

    public static async Task<LockedDatabase> OpenAsync(QueryOrder order, IReadOnlyList<RelationInput> inputs, CancellationToken cancellationToken)
    {
        var database = DuckDbDatabase.Open(new DuckDbOptions { MemoryLimit = order.MemoryLimit, Threads = order.Threads, TempFolder = Path.Combine(order.Folder, "spill"), MaxTempSize = order.MaxTempSize });
        var connection = database.Connect();
        try
        {
            foreach (var input in inputs.DistinctBy(input => input.Name))
            {
                input.Register(connection);
            }

            await connection.ExecuteAsync(Places(order), cancellationToken: cancellationToken);
            foreach (var table in order.Tables)
            {
                await CreateAsync(connection, table, cancellationToken);
            }

            await connection.ExecuteAsync(Locks(order), cancellationToken: cancellationToken);
            return new LockedDatabase(database, connection);
        }
        catch
        {
            connection.Dispose();
            database.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
    }

    static async Task CreateAsync(DuckDbConnection connection, TableView table, CancellationToken cancellationToken)
    {
        var name = SqlText.Identifier(table.Catalog, table.Schema, table.Name);
        try
        {
            await connection.ExecuteAsync($"CREATE VIEW {name} AS FROM {table.Relation}", cancellationToken: cancellationToken);
            if (table.Columns is { } expected && await connection.ScalarAsync<long>($"SELECT count(*) FROM (DESCRIBE FROM {name})", cancellationToken: cancellationToken) is var found && found != expected.Count)
            {
                throw new ViewMismatchException(table.TellsWhy ? $"{table.Fault} It has {expected.Count} columns, and its SQL gives {found}." : table.Fault!);
            }
        }
        catch (EngineException error) when (table.Fault is not null && error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            throw new ViewMismatchException(table.TellsWhy ? $"{table.Fault} {error.Message}" : table.Fault);
        }
    }

    /// <summary>Tables answer to layer.table and lake.layer.table; those of other branches, or read with other rights, lie in catalogs that no query names.</summary>
    static string Places(QueryOrder order)
    {
        var statements = new List<string> { $"ATTACH ':memory:' AS {Catalog}", $"USE {Catalog}" };
        statements.AddRange(order.Tables.Select(table => table.Catalog).Where(catalog => catalog != Catalog).Distinct(StringComparer.OrdinalIgnoreCase).Select(catalog => $"ATTACH ':memory:' AS {SqlText.Identifier(catalog)}"));
        statements.AddRange(order.Tables.Select(table => SqlText.Identifier(table.Catalog, table.Schema)).Distinct(StringComparer.OrdinalIgnoreCase).Select(schema => $"CREATE SCHEMA IF NOT EXISTS {schema}"));
        return string.Join(";\n", statements);
    }

    static string Locks(QueryOrder order)
    {
        var statements = new List<string>();
        if (order.DisabledOptimizers is { } optimizers)
        {
            statements.Add($"SET disabled_optimizers = {SqlText.Literal(optimizers)}");
        }

        if (order.Format == ResultFormat.Parquet)
        {
            statements.Add($"SET allowed_directories = {SqlText.Literal([ParquetExport.FolderOf(order) + Path.DirectorySeparatorChar])}");
        }

        statements.Add($"SET allowed_paths = {SqlText.Literal(order.Paths)}");
        statements.Add("SET enable_external_access = false");
        statements.Add("SET lock_configuration = true");
        return string.Join(";\n", statements);
    }
}

/// <summary>A view that does not fit what it reads, or filter and masks that do not fit their table.</summary>
internal sealed class ViewMismatchException(string message) : Exception(message);
