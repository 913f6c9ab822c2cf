using System.Globalization;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>
/// Data files of Spark's tables under metadata of ours: ClickHouse, which shares no code with us, must find in them what Spark put there.
/// </summary>
public sealed class RefereeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task ClickHouse_reads_what_our_manifests_say()
    {
        using var folder = new TempFolder();
        using var clickHouse = new ClickHouse(folder.Path);
        var compared = 0;
        foreach (var golden in GoldenTable.All("spark-iceberg").Concat(GoldenTable.All("pyiceberg")))
        {
            var name = Path.GetFileName(Path.GetDirectoryName(golden.Folder)!) + (golden.Folder.Contains("pyiceberg", StringComparison.Ordinal) ? "-py" : "");
            var source = TableMetadataJson.Parse(File.ReadAllBytes(golden.MetadataFiles.MaxBy(file => (TableLocations.VersionOf(file), file))!));
            if (await FilesToTakeAsync(golden, source) is not { Count: > 1 } files)
            {
                continue;
            }

            var table = await WriteAsync(folder.Below(name), golden, source, files);
            var rows = clickHouse.Query($"SELECT count() AS rows FROM icebergLocal('{folder.Below(name)}')");
            Assert.True(files.Sum(file => file.RecordCount) == Number(rows[0].GetProperty("rows")), $"{name}: {rows[0]}");

            // A filter on a partition column goes through the summaries and partition values that we wrote.
            foreach (var field in source.DefaultSpec.Fields.Where(field => field.Transform == Transform.Identity && source.CurrentSchema.FindField(field.SourceId)!.Type.ToString() is "int" or "string" or "boolean"))
            {
                var column = source.CurrentSchema.FullNameOf(field.SourceId)!;
                var index = source.DefaultSpec.Fields.ToList().IndexOf(field);
                foreach (var group in files.Where(file => file.Partition[index] is not null).GroupBy(file => file.Partition[index]!))
                {
                    var literal = group.Key is string text ? $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'" : Convert.ToString(group.Key, CultureInfo.InvariantCulture)!.ToLowerInvariant();
                    var found = clickHouse.Query($"SELECT count() AS rows FROM icebergLocal('{folder.Below(name)}') WHERE `{column}` = {literal}");
                    Assert.True(group.Sum(file => file.RecordCount) == Number(found[0].GetProperty("rows")), $"{name}, {column} = {literal}: {found[0]}");
                }
            }

            Assert.Equal(3, table.Snapshots.Count);
            compared++;
        }

        output.WriteLine($"{compared} tables compared");
        Assert.True(compared >= 30);
    }

    private static long Number(System.Text.Json.JsonElement value) => value.ValueKind == System.Text.Json.JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt64();

    /// <summary>The live files of a table of one schema and spec, all Parquet and without deletes; null for other tables.</summary>
    private static async Task<List<DataFile>?> FilesToTakeAsync(GoldenTable golden, TableMetadata source)
    {
        if (source.CurrentSnapshot is not { } snapshot || source.Schemas.Count > 1 || source.PartitionSpecs.Count > 1 || source.FormatVersion > 2
            || !FreshIds.Assign(source.CurrentSchema).SameColumns(source.CurrentSchema))
        {
            return null;
        }

        var planned = await ScanPlanner.PlanFilesAsync(golden, source, snapshot).ToListAsync();
        return planned.TrueForAll(file => file.File.FileFormat == "PARQUET" && file.Deletes.Count == 0 && golden.Has(file.File.FilePath)) ? planned.ConvertAll(file => file.File) : null;
    }

    /// <summary>A table in three commits: the first half, the rest under a wrong name, and the rest in its place.</summary>
    private static async Task<TableMetadata> WriteAsync(string path, GoldenTable golden, TableMetadata source, List<DataFile> files)
    {
        var store = new FolderStore(path);
        var context = SnapshotContext.Random(TimeProvider.System);
        var table = TableMetadata.Create($"file://{path}", source.CurrentSchema, source.DefaultSpec, source.DefaultSortOrder, null, Guid.NewGuid(), Tables.Start);
        var copies = new List<DataFile>();
        foreach (var file in files)
        {
            var location = TableLocations.DataFile(table, PartitionPath.Folder(table.DefaultSpec, table.Schemas, file.Partition), $"{Guid.NewGuid()}.parquet");
            await using var content = await golden.OpenReadAsync(file.FilePath);
            await store.PutAsync(location, content);
            copies.Add(file with { FilePath = location, SpecId = 0, SortOrderId = null, FirstRowId = null });
        }

        var half = copies.Count / 2;
        var wrong = copies[half..].ConvertAll(file => file with { FilePath = file.FilePath + ".wrong" });
        table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, copies[..half], Nothing, context), 1);
        table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, wrong, Nothing, context), 2);
        table = Tables.Commit(table, await SnapshotBuilder.OverwriteAsync(store, table, copies[half..], wrong.ConvertAll(file => file.FilePath), Nothing, context), 3);
        using var metadata = new MemoryStream(TableMetadataJson.Write(table));
        await store.PutAsync(TableLocations.MetadataFile(table, 3, Guid.NewGuid()), metadata);
        return table;
    }

    private static Dictionary<string, string> Nothing => [];
}
