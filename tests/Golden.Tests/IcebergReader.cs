using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Lakehouse.Storage.Local;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Golden.Tests;

/// <summary>Reads Iceberg tables.</summary>
internal sealed class IcebergReader : FolderReader
{
    protected override TableFormat Format => TableFormat.Iceberg;
}

/// <summary>Reads tables as <c>lake scan</c> does.</summary>
internal abstract class FolderReader : IGoldenReader
{
    protected abstract TableFormat Format { get; }

    public async Task<GoldenRelation> ReadAsync(DuckDbConnection connection, GoldenCase golden, GoldenRead read, string? where)
    {
        var table = await OpenAsync(golden);
        var request = new FolderScanRequest { At = new TablePoint { Snapshot = read.Snapshot, Version = read.Version, Ref = read.Ref, AsOf = read.AsOf }, Where = where, AppendsAfter = read.AppendsAfter, MetadataColumns = read.MetadataColumns };
        var scan = await table.ScanAsync(connection, request, TestContext.Current.CancellationToken);
        return new GoldenRelation(scan.Sql, scan.Files);
    }

    public async Task<string?> ChangesAsync(DuckDbConnection connection, GoldenCase golden, GoldenChanges changes)
    {
        var table = await OpenAsync(golden);
        if (changes.IsAppendScan)
        {
            var appended = await table.ScanAsync(connection, new FolderScanRequest { At = new TablePoint { Snapshot = changes.To }, AppendsAfter = changes.From }, TestContext.Current.CancellationToken);
            return $"(SELECT *, 'insert' AS _change_type FROM {appended.Sql})";
        }

        TablePoint? Point(long? id) => id is null ? null : Format == TableFormat.Iceberg ? new TablePoint { Snapshot = id } : new TablePoint { Version = id };
        var request = new FolderChangesRequest { From = Point(changes.From), To = Point(changes.To)!, Keys = changes.Keys, Net = changes.Net };
        return (await table.ChangesAsync(connection, request, TestContext.Current.CancellationToken)).Sql;
    }

    static IReadOnlyList<Relocation> Relocations(GoldenCase golden) => [.. golden.Relocations.Select(moved => new Relocation(moved.Old, LocalPath.ToLocation(moved.New)))];

    Task<FolderTable> OpenAsync(GoldenCase golden)
    {
        var source = new FolderSource(LocalObjectStore.ReadOnly(), LocalPath.ToLocation(golden.Table)) { Files = new LocalFiles(LocalPath.FromLocation), Relocations = Relocations(golden), Format = Format };
        return FolderTable.OpenAsync(source, TestContext.Current.CancellationToken);
    }
}
