using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Maintenance;

namespace Lakehouse.Tables.Tests.Maintenance;

/// <summary>Files that nothing needs go, and no others.</summary>
public sealed class CleaningTests(PostgresServer postgres)
{
    static readonly SnapshotExpiryOptions All = new() { MaxSnapshotAge = TimeSpan.Zero };
    static readonly OrphanRemovalOptions AnyAge = new() { MinAge = TimeSpan.FromMinutes(-10), InsistsOnAge = true };

    [Fact]
    public async Task Expiry_leaves_exactly_what_the_snapshots_that_stay_need()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 3);
        await lab.AppendAsync(0, 20);
        var first = (await lab.TableAsync()).CurrentSnapshot!;
        await lab.CommitAsync(async transaction => transaction.UpdateRefs(await transaction.OpenAsync(TestLake.Events), refs => refs.CreateTag("v1")));
        await lab.AppendAsync(20, 20);
        await lab.DeleteAsync("id < 5");
        await DataFileRewrite.RunAsync(lab.Lake, lab.Connection, TestLake.Events, new DataFileRewriteOptions { RewritesAll = true });
        await lab.DeleteAsync("id = 39");
        var (current, tagged) = (await lab.RowsAsync(), await lab.RowsAsync(first));

        var dry = await SnapshotExpiry.DryRunAsync(lab.Lake, TestLake.Events, All);
        var before = await lab.Test.ObjectsAsync();
        Assert.Equal(4, dry.Plan.Snapshots.Count);
        var report = await SnapshotExpiry.RunAsync(lab.Lake, TestLake.Events, All);
        Assert.Empty(report.NotDeleted);
        var went = report.Files.DataFiles.Concat(report.Files.Manifests).Concat(report.Files.ManifestLists).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(dry.Files.DataFiles, report.Files.DataFiles);
        Assert.Equal(went, before.Except(await lab.Test.ObjectsAsync()).Order(StringComparer.Ordinal));

        Assert.Equal((current, tagged), (await lab.RowsAsync(), await lab.RowsAsync((await lab.TableAsync()).Metadata.SnapshotByRef("v1"))));
        Assert.Equal(2, (await lab.TableAsync()).Metadata.Snapshots.Count);
        // Nothing that is left is without use.
        Assert.Empty((await OrphanRemoval.DryRunAsync(lab.Lake, TestLake.Events, AnyAge)).Files);
        Assert.True((await SnapshotExpiry.RunAsync(lab.Lake, TestLake.Events, All)).Plan.IsEmpty);

        await lab.CommitAsync(async transaction => transaction.UpdateRefs(await transaction.OpenAsync(TestLake.Events), refs => refs.Remove("v1")));
        await SnapshotExpiry.RunAsync(lab.Lake, TestLake.Events, All);
        Assert.Equal(current, await lab.RowsAsync());
        Assert.Empty((await OrphanRemoval.DryRunAsync(lab.Lake, TestLake.Events, AnyAge)).Files);
        Assert.Equal(2, (await lab.Test.ObjectsAsync()).Count(location => location.EndsWith(".parquet", StringComparison.Ordinal)));
    }

    /// <summary>The name means another table by the time that files are to go: what that one needs says nothing of the first one's files.</summary>
    [Fact]
    public async Task Nothing_is_deleted_when_another_table_has_taken_the_name()
    {
        await using var test = await TestLake.StartAsync(postgres);
        await test.CreateAsync(TestLake.Events, "a");
        await using (var transaction = test.Lake.BeginTransaction("test", "append"))
        {
            var opened = await transaction.OpenAsync(TestLake.Events);
            transaction.Append(opened, await test.WriteAsync(transaction, opened, "b"));
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }

        var network = new LossyHandler
        {
            LoseAnswers = 1,
            AfterLoss = async () =>
            {
                await test.Lake.Catalog.DropTableAsync(TestLake.Events);
                await test.CreateAsync(TestLake.Events, "c");
            },
        };
        var report = await SnapshotExpiry.RunAsync(test.Open(network), TestLake.Events, All);
        Assert.Equal((1, 0), (report.Plan.Snapshots.Count, report.Files.Count));
        Assert.Equal(["a", "b", "c"], (await test.ObjectsAsync()).Where(location => location.EndsWith(".parquet", StringComparison.Ordinal)).Select(location => Path.GetFileNameWithoutExtension(location)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Files_that_other_metadata_needs_stay()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2);
        await lab.AppendAsync(0, 4);
        var older = (await lab.TableAsync()).Metadata;
        await lab.CommitAsync(async transaction => transaction.Overwrite(await transaction.OpenAsync(TestLake.Events), []));
        var report = await SnapshotExpiry.RunAsync(lab.Lake, TestLake.Events, All with { Protected = [older] });
        Assert.Equal((1, 0), (report.Plan.Snapshots.Count, report.Files.Count));
        Assert.Empty((await OrphanRemoval.DryRunAsync(lab.Lake, TestLake.Events, AnyAge with { Protected = [older] })).Files);
        Assert.Equal(2, (await OrphanRemoval.DryRunAsync(lab.Lake, TestLake.Events, AnyAge)).Files.Count(file => file.Location.EndsWith(".parquet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Orphans_go_when_they_are_old_and_nothing_else()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2);
        await lab.AppendAsync(0, 4);
        await lab.DeleteAsync("id = 1");
        var location = (await lab.TableAsync()).Location;
        string[] others = ["_delta_log/00000000000000000000.json", "deletion_vector_x.bin", "data/inner/_delta_log/0.json", "data/inner/part.parquet", "data/other/metadata/00000-x.metadata.json", "data/other/data/x.parquet", "data/older/metadata/v1.metadata.json.gz", "data/older/data/x.parquet", "metadata/99999-x.metadata.json"];
        string[] orphans = ["data/lost.parquet", "data/part=1/lost.parquet", "metadata/lost-m0.avro", "metadata/snap-1-1-lost.avro"];
        foreach (var name in others.Concat(orphans))
        {
            using var content = new MemoryStream([1]);
            await lab.Lake.Store.PutAsync($"{location}/{name}", content);
        }

        var before = await lab.Test.ObjectsAsync();
        Assert.Empty((await OrphanRemoval.RunAsync(lab.Lake, TestLake.Events)).Files);
        Assert.Equal(LakehouseErrorKind.InvalidData, (await Assert.ThrowsAsync<LakehouseException>(() => OrphanRemoval.RunAsync(lab.Lake, TestLake.Events, new OrphanRemovalOptions { MinAge = TimeSpan.FromHours(1) }))).Kind);
        var expected = orphans.Select(name => $"{location}/{name}").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected, (await OrphanRemoval.DryRunAsync(lab.Lake, TestLake.Events, AnyAge)).Files.Select(file => file.Location));
        Assert.Equal(before, await lab.Test.ObjectsAsync());
        var report = await OrphanRemoval.RunAsync(lab.Lake, TestLake.Events, AnyAge);
        Assert.Equal((4, 3), (report.Bytes, report.Passed.Count));
        Assert.Equal(expected, before.Except(await lab.Test.ObjectsAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await lab.RowsAsync()).Split('\n').Length);
    }

    /// <summary>Other writers don't encode what a listing of the store encodes, or encode it once more.</summary>
    [Theory]
    [InlineData("part=a+b/x")]
    [InlineData("part=a b/x")]
    [InlineData("part=a%3Ab/x")]
    [InlineData("part=%C3%A9/x")]
    [InlineData("part=\u00e9,(1)/x")]
    public async Task A_file_is_needed_however_its_location_is_spelled(string name)
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a", name);
        using (var content = new MemoryStream([1]))
        {
            await lake.Lake.Store.PutAsync($"{(await lake.Lake.LoadTableAsync(TestLake.Events)).Location}/data/lost.parquet", content);
        }

        var report = await OrphanRemoval.RunAsync(lake.Lake, TestLake.Events, AnyAge);
        Assert.EndsWith("/data/lost.parquet", Assert.Single(report.Files).Location, StringComparison.Ordinal);
        await foreach (var file in (await lake.Lake.LoadTableAsync(TestLake.Events)).PlanFilesAsync())
        {
            Assert.NotNull(await lake.Lake.Store.StatAsync(file.File.FilePath));
        }
    }

    [Fact]
    public async Task Old_metadata_files_go_where_the_table_asks_for_it()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2, properties: ("write.metadata.previous-versions-max", "2"));
        for (var i = 0; i < 5; i++)
        {
            await lab.AppendAsync(i, 1);
        }

        var options = new MetadataFileLimitOptions { MinAge = TimeSpan.FromMinutes(-10) };
        Assert.Empty(await MetadataFileLimit.RunAsync(lab.Lake, TestLake.Events, options));
        await lab.CommitAsync(async transaction => transaction.UpdateProperties(await transaction.OpenAsync(TestLake.Events), new Dictionary<string, string> { ["write.metadata.delete-after-commit.enabled"] = "true" }));
        Assert.Empty(await MetadataFileLimit.RunAsync(lab.Lake, TestLake.Events));
        Assert.NotEmpty(await MetadataFileLimit.RunAsync(lab.Lake, TestLake.Events, options));
        Assert.Equal(3, (await lab.Test.ObjectsAsync()).Count(location => location.EndsWith(".metadata.json", StringComparison.Ordinal)));
        Assert.Equal(5, (await lab.RowsAsync()).Split('\n').Length);
    }
}
