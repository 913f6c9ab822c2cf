using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Maintenance;
using Lakehouse.Tables.Upkeep;

namespace Lakehouse.Tables.Tests.Branches;

/// <summary>States of the past whose files upkeep has taken, takes, or wants to take: they are refused by name, and what is made of the others stays whole.</summary>
public sealed class PastStateTests(PostgresServer postgres)
{
    static readonly SnapshotExpiryOptions OnlyTheNewest = new() { MaxSnapshotAge = TimeSpan.Zero };

    [Fact]
    public async Task A_state_whose_files_upkeep_has_taken_is_refused_and_names_table_and_commit()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var first = await lab.AppendAsync(BranchLab.Main, "a", "gold.t", "gold.u");
        var second = await lab.OverwriteAsync(BranchLab.Main, "b", "gold.t");
        await SnapshotExpiry.RunAsync(lab.Test.Lake, BranchLab.Table("gold.t"), OnlyTheNewest);

        foreach (var refused in new[]
        {
            await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.CreateBranchAsync("old", from: $"@{first}")),
            await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.CreateTagAsync("old", $"@{first}")),
            await Assert.ThrowsAsync<LakehouseException>(async () => await lab.Catalog.ResetAsync(BranchLab.Main, $"@{first}", (await lab.Catalog.FindBranchAsync("main"))!.Head!.Value, "back")),
        })
        {
            Assert.Equal(LakehouseErrorKind.Conflict, refused.Kind);
            Assert.Contains($"gold.t (as of commit {first})", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("gold.u", refused.Message, StringComparison.Ordinal);
        }

        Assert.Null(await lab.Catalog.FindBranchAsync("old"));
        var unreadable = await Assert.ThrowsAsync<LakehouseException>(() => lab.Test.Lake.On($"@{first}").LoadTableAsync(BranchLab.Table("gold.t")));
        Assert.Contains($"gold.t cannot be read as of @{first}", unreadable.Message, StringComparison.Ordinal);
        Assert.Equal("a", await lab.FilesAsync($"@{first}", "gold.u"));
        await lab.Catalog.CreateBranchAsync("new", from: $"@{second}");
        Assert.Equal(("b", "a"), (await lab.FilesAsync("new", "gold.t"), await lab.FilesAsync("new", "gold.u")));
    }

    [Fact]
    public async Task A_merge_of_a_state_whose_files_upkeep_has_taken_is_refused_too()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        await lab.AppendAsync(BranchLab.Main, "a", "gold.t");
        await lab.Catalog.CreateBranchAsync("dev");
        var second = await lab.OverwriteAsync(BranchLab.Main, "b", "gold.t");
        await lab.OverwriteAsync(BranchLab.Main, "c", "gold.t");
        await SnapshotExpiry.RunAsync(
            lab.Test.Lake, BranchLab.Table("gold.t"), OnlyTheNewest with { ReadProtected = async stop => await OtherPointers.ReadAsync(lab.Test.Lake, BranchLab.Table("gold.t"), (await lab.Test.Lake.LoadTableAsync(BranchLab.Table("gold.t"), stop)).Metadata.TableUuid, stop) });

        var refused = await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.MergeAsync($"@{second}", "dev"));
        Assert.Equal(LakehouseErrorKind.Conflict, refused.Kind);
        Assert.Contains($"gold.t (as of commit {second})", refused.Message, StringComparison.Ordinal);
        Assert.Equal("a", await lab.FilesAsync("dev", "gold.t"));
        Assert.DoesNotContain(await lab.Catalog.GetPointersAsync(BranchLab.Table("gold.t")), pointer => pointer.Branch.StartsWith('~'));
        await lab.Catalog.MergeAsync("main", "dev");
        Assert.Equal("c", await lab.FilesAsync("dev", "gold.t"));
    }

    [Fact]
    public async Task One_lost_data_file_is_found_out_though_the_manifests_are_there()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var first = await lab.AppendAsync(BranchLab.Main, "a", "gold.t");
        var second = await lab.AppendAsync(BranchLab.Main, "b", "gold.t");
        var reset = await lab.Catalog.ResetAsync(BranchLab.Main, $"@{first}", second, "back");
        var location = (await lab.Test.Lake.LoadTableAsync(BranchLab.Table("gold.t"))).Location;
        await lab.Test.Server.Store.DeleteAsync($"{location}/data/b.parquet");

        Assert.Contains("gold.t", (await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.CreateBranchAsync("old", from: $"@{second}"))).Message, StringComparison.Ordinal);
        Assert.Equal(LakehouseErrorKind.Conflict, (await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.ResetAsync(BranchLab.Main, $"@{second}", reset!.Value, "forward"))).Kind);
        Assert.Contains("b.parquet", (await Assert.ThrowsAsync<LakehouseException>(() => lab.Test.Lake.On($"@{second}").LoadTableAsync(BranchLab.Table("gold.t")))).Message, StringComparison.Ordinal);
        await lab.Catalog.CreateBranchAsync("old", from: $"@{first}");
        Assert.Equal("a", await lab.FilesAsync("old", "gold.t"));
    }

    [Fact]
    public async Task A_branch_waits_for_upkeep_that_does_not_know_of_it_and_is_refused_if_that_took_its_files()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var first = await lab.AppendAsync(BranchLab.Main, "a", "gold.t");
        await lab.OverwriteAsync(BranchLab.Main, "b", "gold.t");
        var store = new PausingStore(lab.Test.Server.Store);
        var slow = new Lake(new CatalogClient(lab.Test.Server.Client(CatalogServer.ServiceKey)), store);
        await using var hold = new FileHold(slow, BranchLab.Table("gold.t"));
        var uuid = (await slow.LoadTableAsync(BranchLab.Table("gold.t"))).Metadata.TableUuid;
        var upkeep = SnapshotExpiry.RunAsync(slow, BranchLab.Table("gold.t"), OnlyTheNewest with { ReadProtected = stop => hold.ReadPointersAsync(uuid, stop), MayDelete = () => hold.IsHeld });
        await store.Reached;

        var creating = lab.Catalog.CreateBranchAsync("old", from: $"@{first}");
        await Until.TrueAsync(async () => (await lab.Catalog.GetPointersAsync(BranchLab.Table("gold.t"))).Any(pointer => pointer.Branch.StartsWith('~')), "the state is pinned");
        Assert.False(creating.IsCompleted);
        Assert.DoesNotContain((await lab.Catalog.ListBranchesAsync().ToListAsync()), branch => branch.Name != "main");
        store.Release();
        Assert.NotEmpty((await upkeep).Files.DataFiles);
        await hold.DisposeAsync();
        Assert.Equal(LakehouseErrorKind.Conflict, (await Assert.ThrowsAsync<LakehouseException>(() => creating)).Kind);
        Assert.DoesNotContain(await lab.Catalog.GetPointersAsync(BranchLab.Table("gold.t")), pointer => pointer.Branch.StartsWith('~'));
    }

    [Fact]
    public async Task Branches_made_at_the_past_while_upkeep_runs_are_whole_or_refused()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var table = BranchLab.Table("gold.t");
        var commits = new List<long>();
        using var parquet = new DuckDbParquetReader(lab.Test.Lake.Files);
        var random = new Random(Soak.Seed);
        var (made, refused) = (0, 0);
        for (var round = 0; round < Soak.Scale(60); round++)
        {
            for (var i = 0; i < 3; i++)
            {
                commits.Add(commits.Count == 0 ? await lab.AppendAsync(BranchLab.Main, $"r{round}-{i}", "gold.t") : await lab.OverwriteAsync(BranchLab.Main, $"r{round}-{i}", "gold.t"));
            }

            // Each of two workers, and in between branches at each of the newest states.
            var workers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                await using var hold = new FileHold(lab.Test.Lake, table);
                var uuid = (await lab.Test.Lake.LoadTableAsync(table)).Metadata.TableUuid;
                try
                {
                    await SnapshotExpiry.RunAsync(lab.Test.Lake, table, OnlyTheNewest with { ReadProtected = stop => hold.ReadPointersAsync(uuid, stop), MayDelete = () => hold.IsHeld });
                }
                catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Conflict)
                {
                    // The other one is at it.
                }
            })).ToList();
            var order = commits.TakeLast(4).ToArray();
            random.Shuffle(order);
            await Task.WhenAll(order.Select(commit => Task.Run(async () =>
            {
                try
                {
                    await lab.Catalog.CreateBranchAsync($"at/{round}/{commit}", from: $"@{commit}");
                    Interlocked.Increment(ref made);
                }
                catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Conflict)
                {
                    Interlocked.Increment(ref refused);
                }
            })));
            await Task.WhenAll(workers);
            await foreach (var branch in lab.Catalog.ListBranchesAsync())
            {
                await foreach (var file in (await lab.Test.Lake.On(branch.Name).LoadTableAsync(table)).PlanFilesAsync())
                {
                    Assert.True(await lab.Test.Server.Store.StatAsync(file.File.FilePath) is not null, $"seed {Soak.Seed}: {branch.Name} lacks {file.File.FilePath}");
                }
            }
        }

        Assert.True(made > 0, $"seed {Soak.Seed}: {made} made, {refused} refused");
    }
}
