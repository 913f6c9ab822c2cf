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

            await connection.ExecuteAsync(Preparation(order), cancellationToken: cancellationToken);
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

    static string Preparation(QueryOrder order)
    {
        // Tables answer to layer.table and lake.layer.table.
        var statements = new List<string> { $"ATTACH ':memory:' AS {Catalog}", $"USE {Catalog}" };
        statements.AddRange(order.Tables.Select(table => table.Schema).Distinct(StringComparer.OrdinalIgnoreCase).Select(schema => $"CREATE SCHEMA IF NOT EXISTS {SqlText.Identifier(schema)}"));
        statements.AddRange(order.Tables.Select(table => $"CREATE VIEW {SqlText.Identifier(table.Schema, table.Name)} AS FROM {table.Relation}"));
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
