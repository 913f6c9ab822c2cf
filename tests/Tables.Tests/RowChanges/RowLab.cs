using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.RowChanges;

/// <summary>A table over a real catalog, changed by SQL and read back.</summary>
internal sealed class RowLab : IAsyncDisposable
{
    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 2 });

    /// <summary>The same over a lake that is there.</summary>
    public RowLab(TestLake lake)
    {
        Lake = lake;
        Connection = database.Connect();
    }

    public TestLake Lake { get; }

    public DuckDbConnection Connection { get; }

    public TableIdentifier Table { get; } = TestLake.Events;

    public static async Task<RowLab> StartAsync(PostgresServer postgres) => new(await TestLake.StartAsync(postgres));

    /// <summary>Creates the table with the rows of each query in a file of its own.</summary>
    public async Task CreateAsync(int version, string mode, PartitionSpec? spec, IReadOnlyDictionary<string, string>? properties, params string[] selects)
    {
        var all = new Dictionary<string, string>(properties ?? new Dictionary<string, string>())
        {
            ["format-version"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["write.delete.mode"] = mode,
            ["write.update.mode"] = mode,
            ["write.merge.mode"] = mode,
        };
        var schema = await SchemaInference.InferAsync(Connection, selects[0], Token);
        await using (var transaction = Lake.Lake.BeginTransaction("test", "create"))
        {
            await transaction.OpenOrCreateAsync(Table, schema, spec, properties: all, cancellationToken: Token);
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync(Token));
        }

        foreach (var select in selects)
        {
            await ChangeAsync(async (transaction, table) =>
            {
                await transaction.AppendQueryAsync(Connection, table, select, cancellationToken: Token);
                return null;
            });
        }
    }

    /// <summary>Changes the table, and commits.</summary>
    public async Task<RowChangeResult?> ChangeAsync(Func<TableTransaction, LakeTable, Task<RowChangeResult?>> change)
    {
        await using var transaction = Lake.Lake.BeginTransaction("test", "change");
        var result = await change(transaction, await transaction.OpenAsync(Table, Token));
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync(Token));
        return result;
    }

    public async Task<RowChangeResult> DeleteAsync(string where) => (await ChangeAsync(async (transaction, table) => await transaction.DeleteAsync(Connection, table, where, cancellationToken: Token)))!;

    public async Task<RowChangeResult> UpdateAsync(string column, string value, string? where) =>
        (await ChangeAsync(async (transaction, table) => await transaction.UpdateAsync(Connection, table, new Dictionary<string, string> { [column] = value }, where, cancellationToken: Token)))!;

    public async Task<RowChangeResult> MergeAsync(MergeStatement merge) => (await ChangeAsync(async (transaction, table) => await transaction.MergeAsync(Connection, table, merge, cancellationToken: Token)))!;

    /// <summary>Rows as texts, in order; metadata columns can be asked for.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string columns = "*", Snapshot? snapshot = null, params string[] metadataColumns)
    {
        var rows = new List<string>();
        var relation = await RelationAsync(snapshot, metadataColumns);
        await using var result = await Connection.QueryAsync($"SELECT CAST(r AS VARCHAR) FROM (SELECT {columns} FROM {relation}) AS r ORDER BY ALL", cancellationToken: Token);
        await foreach (var batch in result.ReadAsync(Token))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add(System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row)));
                }
            }
        }

        return rows;
    }

    public async Task<string> RelationAsync(Snapshot? snapshot = null, params string[] metadataColumns)
    {
        var table = await Lake.Lake.LoadTableAsync(Table, Token);
        var files = await FilesAsync(snapshot);
        var target = new Engine.Scans.ScanTarget("t", table.Metadata, snapshot is null ? table.Schema : table.Metadata.SchemaOf(snapshot), files) { Store = Lake.Server.Store, MetadataColumns = metadataColumns };
        return (await Engine.Scans.SnapshotRelation.BuildAsync(Connection, target, Lake.Lake.Files, Token)).Sql;
    }

    public async Task<IReadOnlyList<ScanFile>> FilesAsync(Snapshot? snapshot = null)
    {
        var files = new List<ScanFile>();
        await foreach (var file in (await Lake.Lake.LoadTableAsync(Table, Token)).PlanFilesAsync(snapshot, Token))
        {
            files.Add(file);
        }

        return files;
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        database.Dispose();
        await Lake.DisposeAsync();
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;
}
