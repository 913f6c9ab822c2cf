using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Tests.Maintenance;

/// <summary>A table with rows in a lake of one test's own.</summary>
internal sealed class MaintenanceLab : IAsyncDisposable
{
    static readonly Schema Columns = new(0, [new NestedField(1, "id", false, IcebergType.Long), new NestedField(2, "part", false, IcebergType.Int), new NestedField(3, "text", false, IcebergType.String)]);

    readonly DuckDbDatabase database = DuckDbDatabase.Open();

    MaintenanceLab(TestLake test)
    {
        Test = test;
        Connection = database.Connect();
    }

    public TestLake Test { get; }

    public Lake Lake => Test.Lake;

    public DuckDbConnection Connection { get; }

    public static async Task<MaintenanceLab> StartAsync(PostgresServer postgres, int version, bool partitioned = true, params (string Name, string Value)[] properties)
    {
        var lab = new MaintenanceLab(await TestLake.StartAsync(postgres));
        var all = properties.Append(("format-version", $"{version}")).ToDictionary(item => item.Item1, item => item.Item2);
        await lab.CommitAsync(async transaction => await transaction.OpenOrCreateAsync(
            TestLake.Events, Columns, partitioned ? new PartitionSpec(0, [new PartitionField(2, 1000, "part", Transform.Identity)]) : null, properties: all));
        return lab;
    }

    public async Task<LakeTable> TableAsync() => await Lake.LoadTableAsync(TestLake.Events);

    /// <summary>Appends rows of ids from a number on, over two partitions.</summary>
    public Task AppendAsync(int from, int count) => CommitAsync(async transaction => await transaction.AppendQueryAsync(
        Connection, await transaction.OpenAsync(TestLake.Events), $"SELECT i AS id, (i % 2)::INTEGER AS part, 't' || i AS text FROM range({from}, {from + count}) AS r(i)"));

    /// <summary>Deletes rows by position deletes or deletion vectors.</summary>
    public Task DeleteAsync(string where) => CommitAsync(async transaction =>
        await transaction.DeleteAsync(Connection, await transaction.OpenAsync(TestLake.Events), where, new RowChangeOptions { Mode = RowChangeMode.MergeOnRead }));

    public async Task CommitAsync(Func<TableTransaction, Task> change)
    {
        await using var transaction = Lake.BeginTransaction("test", "change");
        await change(transaction);
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }

    /// <summary>The rows of a snapshot as text, in order; with their row ids and last changes in format version 3.</summary>
    public async Task<string> RowsAsync(Snapshot? snapshot = null)
    {
        var table = await TableAsync();
        var files = await table.PlanFilesAsync(snapshot).ToListAsync();
        var lineage = table.Metadata.FormatVersion >= 3;
        var target = new ScanTarget("t", table.Metadata, table.Schema, files) { Store = Lake.Store, MetadataColumns = lineage ? [MetadataColumns.RowId, MetadataColumns.LastUpdatedSequenceNumber] : [] };
        var relation = await SnapshotRelation.BuildAsync(Connection, target, new LocalFiles(LocalPath.FromLocation));
        return await Connection.ScalarAsync<string>($"SELECT coalesce(string_agg(r::VARCHAR, chr(10) ORDER BY id), '') FROM {relation.Sql} AS r") ?? "";
    }

    public async Task<List<ScanFile>> FilesAsync() => await (await TableAsync()).PlanFilesAsync().ToListAsync();

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        database.Dispose();
        await Test.DisposeAsync();
    }
}
