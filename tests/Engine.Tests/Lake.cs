using LakeAspire.Testing;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests;

/// <summary>A DuckDB and a folder to write tables to.</summary>
internal sealed class Lake : IDisposable
{
    readonly TempFolder folder = new();
    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 2 });

    public Lake() => Connection = database.Connect();

    public DuckDbConnection Connection { get; }

    public string DataFolder => folder.Below("data");

    public static ILocalFiles LocalFiles { get; } = new LocalFiles(location => new Uri(location).LocalPath);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public WriteTarget Target(Schema schema, PartitionSpec? spec = null) =>
        new("silver.t", schema, spec ?? PartitionSpec.Unpartitioned, new LocalPlacement(DataFolder, new Uri(DataFolder).AbsoluteUri));

    public Task<IReadOnlyList<DataFile>> WriteAsync(string select, Schema schema, PartitionSpec? spec = null, WriteOptions? options = null, CancellationToken? token = null) =>
        ParquetTableWriter.WriteAsync(Connection, select, Target(schema, spec), options, token ?? Token);

    public async Task<string> RelationAsync(Schema schema, IEnumerable<DataFile> files, PartitionSpec? spec = null, params Schema[] history)
    {
        var scans = files.Select(file => new ScanFile(file, 1, 1, 1, spec ?? PartitionSpec.Unpartitioned, [])).ToArray();
        return (await SnapshotRelation.BuildAsync(Connection, new ScanTarget("silver.t", Metadata(schema, history), schema, scans), LocalFiles, Token)).Sql;
    }

    public async Task<List<object?[]>> ReadAsync(Schema schema, IEnumerable<DataFile> files, PartitionSpec? spec = null, string order = "", params Schema[] history) =>
        await Connection.RowsAsync($"SELECT * FROM {await RelationAsync(schema, files, spec, history)} {order}");

    public static TableMetadata Metadata(Schema schema, params Schema[] history) =>
        TableMetadata.Create("file:///t", new Schema(0, [new NestedField(1, "any", false, IcebergType.Int)]), null, null, null, Guid.NewGuid(), DateTimeOffset.UnixEpoch) with { Schemas = [.. history, schema] };

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
        folder.Dispose();
    }
}
