using Lakehouse.Engine.Scans;
using Lakehouse.Storage;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Maintenance;

namespace Lakehouse.Tables.Tests.Maintenance;

public sealed class DataFileRewriteTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Small_files_become_one_for_each_partition_and_rows_stay_what_they_are(int version)
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, version);
        for (var i = 0; i < 6; i++)
        {
            await lab.AppendAsync(i * 10, 10);
        }

        await lab.DeleteAsync("id % 7 = 0");
        await lab.DeleteAsync("id % 11 = 0");
        var before = await lab.RowsAsync();
        var planned = await DataFileRewrite.PlanAsync(await lab.TableAsync());
        Assert.Equal([6, 6], planned.Groups.Select(group => group.Files.Count));

        var report = await DataFileRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events);
        Assert.Equal((2, 12, 2), (report.Commits, report.RewrittenFiles, report.AddedFiles));
        Assert.Equal(before, await lab.RowsAsync());
        var files = await lab.FilesAsync();
        Assert.Equal(2, files.Count);
        Assert.All(files, file => Assert.Empty(file.Deletes));
        var snapshot = (await lab.TableAsync()).CurrentSnapshot!;
        Assert.Equal(("replace", 0L, 0L), (snapshot.Operation, snapshot.SummaryNumber("total-delete-files"), snapshot.SummaryNumber("total-position-deletes")));

        // There is nothing more to win.
        Assert.Empty((await DataFileRewrite.PlanAsync(await lab.TableAsync())).Groups);
        await lab.AppendAsync(1000, 4);
        Assert.StartsWith(before, await lab.RowsAsync(), StringComparison.Ordinal);
    }

    /// <summary>Another writer deletes rows of all partitions while the first is rewritten: that one is planned again, and so are the others.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rows_that_are_deleted_meanwhile_stay_deleted_in_every_partition(int version)
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, version);
        await lab.AppendAsync(0, 10);
        await lab.AppendAsync(10, 10);
        var files = new Meanwhile(() => lab.DeleteAsync("id < 2"));
        var report = await DataFileRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events, new DataFileRewriteOptions { RewritesAll = true }, files);
        Assert.Equal((2, 4), (report.Commits, report.RewrittenFiles));
        Assert.Equal(18, (await lab.RowsAsync()).Split('\n').Length);
        Assert.DoesNotContain("'text': t1,", await lab.RowsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_was_upgraded_keeps_its_rows_and_gives_them_ids()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2);
        for (var i = 0; i < 6; i++)
        {
            await lab.AppendAsync(i * 10, 10);
        }

        await lab.CommitAsync(async transaction => transaction.Upgrade(await transaction.OpenAsync(TestLake.Events), 3));
        await DataFileRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events);
        var after = await lab.RowsAsync();
        Assert.Equal(60, after.Split('\n').Length);
        Assert.DoesNotContain("'_row_id': NULL", after, StringComparison.Ordinal);
        Assert.Equal(60, after.Split('\n').Select(row => row[row.IndexOf("_row_id", StringComparison.Ordinal)..row.IndexOf("_last", StringComparison.Ordinal)]).Distinct().Count());
    }

    [Fact]
    public async Task Worn_files_are_rewritten_alone_and_rows_are_sorted_as_the_table_says()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 3, partitioned: false);
        await lab.AppendAsync(0, 100);
        await lab.CommitAsync(async transaction => transaction.UpdateSortOrder(await transaction.OpenAsync(TestLake.Events), order => order.By("id", SortDirection.Descending)));
        Assert.Empty((await DataFileRewrite.PlanAsync(await lab.TableAsync())).Groups);
        await lab.DeleteAsync("id < 20");
        var before = await lab.RowsAsync();
        await DataFileRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events);
        Assert.Equal(before, await lab.RowsAsync());
        var file = Assert.Single(await lab.FilesAsync()).File;
        Assert.Equal((80, 1), (file.RecordCount, file.SortOrderId));
    }

    [Fact]
    public async Task Deletes_that_come_meanwhile_are_not_lost()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 3, partitioned: false);
        await lab.AppendAsync(0, 10);
        await lab.AppendAsync(10, 10);
        var table = await lab.TableAsync();
        var plan = await DataFileRewrite.PlanAsync(table, new DataFileRewriteOptions { RewritesAll = true });
        await using var transaction = lab.Lake.BeginTransaction("test", "rewrite");
        transaction.Stage(table, new SnapshotChange
        {
            Operation = SnapshotOperation.Replace,
            AddedDataFiles = await lab.Test.WriteAsync(transaction, table, "lost"),
            RemovedDataFiles = [.. plan.Groups[0].Files.Select(file => file.File.FilePath)],
            Validation = new ChangeValidation { StartingSnapshotId = plan.SnapshotId },
        });
        await lab.DeleteAsync("id = 3");
        Assert.Contains("deleted rows of data file", Assert.IsType<CommitResult.Conflict>(await transaction.CommitAsync()).Message, StringComparison.Ordinal);
        await DataFileRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events, new DataFileRewriteOptions { RewritesAll = true });
        Assert.Equal(19, (await lab.RowsAsync()).Split('\n').Length);
    }

    [Fact]
    public async Task Equality_deletes_are_applied_and_go()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2, partitioned: false);
        await lab.AppendAsync(0, 10);
        await lab.CommitAsync(async transaction =>
        {
            var table = await transaction.OpenAsync(TestLake.Events);
            var path = $"{Lakehouse.Storage.LocalPath.FromLocation(table.Location)}/data/eq.parquet";
            await lab.Connection.ExecuteAsync($"COPY (SELECT 4::BIGINT AS id) TO '{path}' (FORMAT parquet, FIELD_IDS {{id: 1}})");
            transaction.Stage(table, new SnapshotChange
            {
                AddedDeleteFiles = [new DataFile { FilePath = $"{table.Location}/data/eq.parquet", Content = FileContent.EqualityDeletes, EqualityIds = [1], RecordCount = 1, FileSizeInBytes = new FileInfo(path).Length }],
            });
        });
        await lab.AppendAsync(4, 1);
        var before = await lab.RowsAsync();
        Assert.Equal(10, before.Split('\n').Length);
        await DataFileRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events, new DataFileRewriteOptions { RewritesAll = true });
        Assert.Equal(before, await lab.RowsAsync());
        Assert.All(await lab.FilesAsync(), file => Assert.Empty(file.Deletes));
        Assert.Equal(0, (await lab.TableAsync()).CurrentSnapshot!.SummaryNumber("total-equality-deletes"));
    }

    [Fact]
    public async Task Position_deletes_are_merged_in_v2_become_vectors_in_v3_and_dangling_ones_go()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2, partitioned: false);
        await lab.AppendAsync(0, 50);
        await lab.AppendAsync(50, 50);
        for (var i = 0; i < 6; i++)
        {
            await lab.DeleteAsync($"id % 50 = {i}");
        }

        var before = await lab.RowsAsync();
        Assert.Equal(88, before.Split('\n').Length);
        var report = await PositionDeleteRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events);
        Assert.Equal((0, 1), (report.Dangling, report.Added));
        Assert.True(report.Replaced >= 6);
        Assert.Equal(before, await lab.RowsAsync());
        Assert.Equal((1L, 12L), ((await lab.TableAsync()).CurrentSnapshot!.SummaryNumber("total-delete-files"), (await lab.TableAsync()).CurrentSnapshot!.SummaryNumber("total-position-deletes")));
        Assert.Equal(new PositionDeleteRewriteReport(0, 0, 0), await PositionDeleteRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events));

        await lab.CommitAsync(async transaction => transaction.Upgrade(await transaction.OpenAsync(TestLake.Events), 3));
        report = await PositionDeleteRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events);
        Assert.Equal(new PositionDeleteRewriteReport(0, 1, 2), report);
        Assert.All(await lab.FilesAsync(), file => Assert.Equal("PUFFIN", Assert.Single(file.Deletes).File.FileFormat));
        Assert.Equal(88, (await lab.RowsAsync()).Split('\n').Length);
    }

    [Fact]
    public async Task Manifests_become_few_and_files_stay()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 3, properties: ("commit.manifest-merge.enabled", "false"));
        for (var i = 0; i < 5; i++)
        {
            await lab.AppendAsync(i * 10, 10);
        }

        var before = await lab.RowsAsync();
        Assert.Null(await ManifestRewrite.RunAsync(lab.Lake, TestLake.Events));
        Assert.Equal(5, (await ManifestRewrite.RunAsync(lab.Lake, TestLake.Events, new ManifestRewriteOptions { MinSmallManifests = 3 }))!.Manifests.Count);
        var snapshot = (await lab.TableAsync()).CurrentSnapshot!;
        Assert.Single(await ManifestListReader.ReadAsync(lab.Lake.Store, snapshot));
        Assert.Equal(("replace", 10L), (snapshot.Operation, snapshot.SummaryNumber("total-data-files")));
        Assert.Equal(before, await lab.RowsAsync());
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], (await lab.FilesAsync()).Select(file => (int)file.File.Partition[0]!));
        await lab.AppendAsync(100, 2);
        Assert.StartsWith(before, await lab.RowsAsync(), StringComparison.Ordinal);
    }

    /// <summary>Local files; something happens before the first are given.</summary>
    sealed class Meanwhile(Func<Task> first) : ILocalFiles
    {
        Func<Task>? first = first;

        public async ValueTask<IReadOnlyList<string>> PathsAsync(IReadOnlyList<string> locations, CancellationToken cancellationToken = default)
        {
            await (Interlocked.Exchange(ref first, null)?.Invoke() ?? Task.CompletedTask);
            return [.. locations.Select(LocalPath.FromLocation)];
        }
    }
}
