using LakeAspire.Testing.Postgres;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Lakehouse.Tables.Folders;
using Lakehouse.Tables.Maintenance;
using Lakehouse.Tables.Tests.Maintenance;
using Lakehouse.Tables.Upkeep;

namespace Lakehouse.Tables.Tests.Branches;

/// <summary>Real rows on branches: what upkeep of <c>main</c> leaves of them, and what a merge makes of them.</summary>
public sealed class UpkeepOnBranchesTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_branch_a_tag_and_a_dropped_table_keep_their_files(int version)
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, version, partitioned: true, ("lakeaspire.upkeep.max-snapshots", "1"), ("lakeaspire.upkeep.min-input-files", "2"), ("write.metadata.previous-versions-max", "1"));
        for (var i = 0; i < 12; i++)
        {
            await lab.AppendAsync(i * 10, 10);
        }

        await lab.Lake.Catalog.CreateTagAsync("before");
        await lab.DeleteAsync("id < 5");
        await lab.Lake.Catalog.CreateBranchAsync("dev");
        await AppendAsync(lab, "dev", 1000);
        await lab.Lake.Catalog.CreateBranchAsync("gone/there");
        await lab.Lake.On("gone/there").Catalog.DropTableAsync(TestLake.Events);
        var (tag, dev) = (await RowsAsync(lab, "before"), await RowsAsync(lab, "dev"));
        await lab.DeleteAsync("id % 3 = 0");

        using var parquet = new DuckDbParquetReader(lab.Lake.Files);
        var done = new List<UpkeepReport>();
        await new TableUpkeep(lab.Lake, lab.Connection, parquet).RunAsync(TestLake.Events, report =>
        {
            done.Add(report);
            return Task.CompletedTask;
        });
        Assert.Equal(["compact", "expire-snapshots"], done.Where(report => report.State == UpkeepState.Succeeded).Select(report => report.Act.Name).Where(name => name is "compact" or "expire-snapshots"));
        var main = (await lab.TableAsync()).Metadata;
        Assert.Single(main.Snapshots);

        // Without the pointers of branches these steps would take their files.
        var unaware = await OrphanRemoval.DryRunAsync(lab.Lake, TestLake.Events, new OrphanRemovalOptions { MinAge = TimeSpan.Zero, InsistsOnAge = true });
        Assert.NotEmpty(unaware.Files);
        var aware = new OrphanRemovalOptions { MinAge = TimeSpan.Zero, InsistsOnAge = true, ReadProtected = stop => OtherPointers.ReadAsync(lab.Lake, TestLake.Events, main.TableUuid, stop) };
        await OrphanRemoval.RunAsync(lab.Lake, TestLake.Events, aware);
        await MetadataFileLimit.RunAsync(lab.Lake, TestLake.Events, new MetadataFileLimitOptions
        {
            MinAge = TimeSpan.Zero, IgnoresProperty = true, Protected = [.. (await lab.Lake.Catalog.GetPointersAsync(TestLake.Events)).Select(pointer => pointer.MetadataLocation)],
        });

        Assert.Equal((tag, dev), (await RowsAsync(lab, "before"), await RowsAsync(lab, "dev")));
        Assert.Contains(await lab.Lake.Catalog.GetPointersAsync(TestLake.Events), pointer => pointer is { Branch: "gone/there", Dropped: true });
        Assert.Equal(77, (await RowsAsync(lab, "main")).Count(c => c == '\n') + 1);

        // Once nobody needs them they go.
        foreach (var branch in new[] { "before", "dev", "gone/there" })
        {
            await lab.Lake.Catalog.DropBranchAsync(branch);
        }

        Assert.NotEmpty((await OrphanRemoval.RunAsync(lab.Lake, TestLake.Events, aware)).Files);
        Assert.Equal(77, (await RowsAsync(lab, "main")).Count(c => c == '\n') + 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_rebased_table_has_exactly_the_rows_of_both_and_is_whole(int version)
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, version);
        await lab.AppendAsync(0, 10);
        await lab.Lake.Catalog.CreateBranchAsync("dev");
        await AppendAsync(lab, "dev", 100);
        await lab.AppendAsync(200, 10);
        await AppendAsync(lab, "dev", 300);
        await lab.AppendAsync(400, 10);

        Assert.Equal("rebase", Assert.Single((await lab.Lake.Catalog.MergeAsync("dev")).Changes).Action);
        var expected = new[] { 0, 100, 200, 300, 400 }.SelectMany(from => Enumerable.Range(from, 10)).ToList();
        Assert.Equal(string.Join(",", expected), await IdsAsync(lab, "main"));
        var table = await lab.TableAsync();
        Assert.Equal((50L, 5), (table.CurrentSnapshot!.SummaryNumber("total-records"), table.Metadata.Snapshots.Count));
        if (version == 3)
        {
            Assert.Equal("50,50", await lab.Connection.ScalarAsync<string>($"SELECT count(DISTINCT _row_id) || ',' || count(*) FROM {(await RelationAsync(lab, "main", MetadataColumns.RowId)).Sql} AS r"));
        }

        using var files = lab.Lake.OpenFiles();
        var folder = await FolderTable.OpenAsync(new FolderSource(lab.Lake.Store, table.MetadataLocation!) { Files = files });
        // What the branch alone needs is nobody's to the table of main.
        Assert.DoesNotContain(await folder.CheckAsync(lab.Connection).ToListAsync(), fault => fault.Kind != TableFaultKind.Orphan);
    }

    static async Task AppendAsync(MaintenanceLab lab, string branch, int from)
    {
        await using var transaction = lab.Lake.On(branch).BeginTransaction("test", "append");
        await transaction.AppendQueryAsync(lab.Connection, await transaction.OpenAsync(TestLake.Events), $"SELECT i AS id, (i % 2)::INTEGER AS part, 't' || i AS text FROM range({from}, {from + 10}) AS r(i)");
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }

    static async Task<string> RowsAsync(MaintenanceLab lab, string reference) =>
        await lab.Connection.ScalarAsync<string>($"SELECT string_agg(r::VARCHAR, chr(10) ORDER BY id) FROM {(await RelationAsync(lab, reference)).Sql} AS r") ?? "";

    static async Task<string> IdsAsync(MaintenanceLab lab, string reference) =>
        await lab.Connection.ScalarAsync<string>($"SELECT string_agg(id::VARCHAR, ',' ORDER BY id) FROM {(await RelationAsync(lab, reference)).Sql} AS r") ?? "";

    static async Task<SnapshotRelation> RelationAsync(MaintenanceLab lab, string reference, params string[] columns)
    {
        var lake = lab.Lake.On(reference);
        var table = await lake.LoadTableAsync(TestLake.Events);
        var target = new ScanTarget("t", table.Metadata, table.Schema, await table.PlanFilesAsync().ToListAsync()) { Store = lake.Store, MetadataColumns = columns };
        return await SnapshotRelation.BuildAsync(lab.Connection, target, new LocalFiles(LocalPath.FromLocation));
    }
}
