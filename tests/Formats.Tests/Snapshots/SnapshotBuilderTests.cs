using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Snapshots;

public sealed class SnapshotBuilderTests
{
    private readonly MemoryStore store = new();
    private long nextId = 100;

    private SnapshotContext Context => new(() => nextId++, Guid.NewGuid, new FixedTime(Tables.Start.AddHours(1)));

    private static readonly Dictionary<string, string> NoSummary = [];

    [Fact]
    public async Task An_append_adds_files_and_says_so()
    {
        var table = Tables.ByDay();
        var prepared = await SnapshotBuilder.AppendAsync(store, table, [Tables.File("a", 10, 1), Tables.File("b", 20, 2)], new Dictionary<string, string> { ["engine-name"] = "test" }, Context);
        table = Tables.Commit(table, prepared);

        var snapshot = table.CurrentSnapshot!;
        Assert.Equal((100, 1, null, "append"), (snapshot.SnapshotId, snapshot.SequenceNumber, snapshot.ParentSnapshotId, snapshot.Operation));
        AssertSummary(snapshot, ("added-data-files", 2), ("added-records", 30), ("added-files-size", 3000), ("total-data-files", 2), ("total-records", 30), ("total-files-size", 3000), ("total-delete-files", 0), ("changed-partition-count", 2));
        Assert.Equal("test", snapshot.Summary["engine-name"]);
        Assert.Equal(0, snapshot.SchemaId);
        Assert.Matches("^memory://lake/t/metadata/snap-100-1-[0-9a-f-]{36}\\.avro$", snapshot.ManifestList!);
        Assert.Equal(store.Locations, prepared.WrittenObjects.Order(StringComparer.Ordinal));
        Assert.Contains(prepared.WrittenObjects, location => location.EndsWith("-m0.avro", StringComparison.Ordinal));
        Assert.Equal([new AssertTableUuid(table.TableUuid), new AssertRefSnapshotId("main", null)], prepared.Requirements);
        Assert.Equal(["a", "b"], await FilesAsync(table));
    }

    [Fact]
    public async Task Appends_pile_up_and_earlier_snapshots_stay_readable()
    {
        var table = Tables.ByDay();
        for (var i = 0; i < 5; i++)
        {
            table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [Tables.File($"f{i}", 10, i)], NoSummary, Context), i);
        }

        Assert.Equal(["f0", "f1", "f2", "f3", "f4"], await FilesAsync(table));
        Assert.Equal(["f0", "f1"], await FilesAsync(table, table.Snapshots[1]));
        Assert.Equal(5, table.LastSequenceNumber);
        AssertSummary(table.CurrentSnapshot!, ("added-data-files", 1), ("total-data-files", 5), ("total-records", 50), ("total-files-size", 5000));
        var planned = await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!).ToListAsync();
        Assert.Equal([1L, 2, 3, 4, 5], planned.Select(file => file.DataSequenceNumber).Order());
        Assert.Equal(table.Snapshots.Select(snapshot => (long?)snapshot.SnapshotId), planned.Select(file => file.SnapshotId).Order());
        Assert.All(planned, file => Assert.Equal(file.DataSequenceNumber - 1, Convert.ToInt64(file.File.Partition[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_table_can_be_created_with_its_first_rows()
    {
        var fresh = Tables.Unpartitioned();
        var prepared = await SnapshotBuilder.AppendAsync(store, fresh, [Tables.File("a")], NoSummary, Context with { TableIsNew = true });
        Assert.Equal([new AssertCreate()], prepared.Requirements);
        var table = Tables.Applied(TableCommit.Apply(null, prepared.Requirements, [.. fresh.ToCreateUpdates(), .. prepared.Updates], new TableCommitContext(Tables.Start.AddHours(2))));
        Assert.Equal(["a"], await FilesAsync(table));
        Assert.Empty(table.MetadataLog);
    }

    [Fact]
    public async Task An_overwrite_replaces_everything()
    {
        var table = await WithFilesAsync(Tables.ByDay(), ["a", "b", "c"]);
        var prepared = await SnapshotBuilder.OverwriteAsync(store, table, [Tables.File("new", 5, 9)], null, NoSummary, Context);
        var after = Tables.Commit(table, prepared);
        Assert.Equal(["new"], await FilesAsync(after));
        Assert.Equal("overwrite", after.CurrentSnapshot!.Operation);
        AssertSummary(after.CurrentSnapshot!, ("added-data-files", 1), ("added-records", 5), ("deleted-data-files", 3), ("deleted-records", 30), ("removed-files-size", 3000), ("total-data-files", 1), ("total-records", 5), ("total-files-size", 500));
        Assert.Equal(["a", "b", "c"], await FilesAsync(after, table.CurrentSnapshot));

        // What is deleted is told by the snapshot that deleted it, and by no later one.
        var deleted = await EntriesAsync(after, after.CurrentSnapshot!, ManifestEntryStatus.Deleted);
        Assert.Equal(3, deleted.Count);
        Assert.All(deleted, entry => Assert.Equal((after.CurrentSnapshotId, 1L), (entry.SnapshotId, entry.SequenceNumber)));
        var later = Tables.Commit(after, await SnapshotBuilder.AppendAsync(store, after, [Tables.File("d", 1, 1)], NoSummary, Context));
        Assert.Empty(await EntriesAsync(later, later.CurrentSnapshot!, ManifestEntryStatus.Deleted));
        Assert.Equal(["d", "new"], await FilesAsync(later));
    }

    [Fact]
    public async Task An_overwrite_replaces_the_files_that_it_names()
    {
        var table = await WithFilesAsync(Tables.ByDay(), ["a", "b"], ["c"]);
        var prepared = await SnapshotBuilder.OverwriteAsync(store, table, [Tables.File("b2", 7, 1)], [Tables.File("b").FilePath], NoSummary, Context);
        var after = Tables.Commit(table, prepared);
        Assert.Equal(["a", "b2", "c"], await FilesAsync(after));
        AssertSummary(after.CurrentSnapshot!, ("deleted-data-files", 1), ("total-data-files", 3), ("total-records", 27));
        var kept = Assert.Single(await ScanPlanner.PlanFilesAsync(store, after, after.CurrentSnapshot!).Where(file => file.File.FilePath.EndsWith("a.parquet", StringComparison.Ordinal)).ToListAsync());
        Assert.Equal((1, 1), (kept.DataSequenceNumber, kept.FileSequenceNumber));

        var onlyDeleted = Tables.Commit(after, await SnapshotBuilder.OverwriteAsync(store, after, [], [Tables.File("c").FilePath], NoSummary, Context));
        Assert.Equal("delete", onlyDeleted.CurrentSnapshot!.Operation);
        Assert.Equal(["a", "b2"], await FilesAsync(onlyDeleted));
    }

    [Fact]
    public async Task A_file_that_is_gone_is_a_conflict_and_leaves_nothing_behind()
    {
        var table = await WithFilesAsync(Tables.ByDay(), ["a"]);
        var before = store.Locations.ToList();
        var error = await Assert.ThrowsAsync<LakehouseException>(() => SnapshotBuilder.OverwriteAsync(store, table, [Tables.File("b", 1, 1)], [Tables.File("a").FilePath, Tables.File("gone").FilePath], NoSummary, Context));
        Assert.Equal(LakehouseErrorKind.Conflict, error.Kind);
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, store.Locations);
    }

    [Fact]
    public async Task A_failing_store_leaves_nothing_behind()
    {
        var table = Tables.ByDay();
        store.OnWrite = location =>
        {
            if (location.Contains("snap-", StringComparison.Ordinal))
            {
                throw new LakehouseException(LakehouseErrorKind.Unavailable, "the store is down");
            }
        };
        await Assert.ThrowsAsync<LakehouseException>(() => SnapshotBuilder.AppendAsync(store, table, [Tables.File("a", 1, 1)], NoSummary, Context));
        Assert.Empty(store.Locations);
    }

    [Fact]
    public async Task A_conflict_is_resolved_by_preparing_again()
    {
        var table = Tables.ByDay();
        var mine = await SnapshotBuilder.AppendAsync(store, table, [Tables.File("mine", 1, 1)], NoSummary, Context);
        var other = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [Tables.File("other", 1, 1)], NoSummary, Context));
        Assert.IsType<TableCommitResult.RequirementFailed>(TableCommit.Apply(other, mine.Requirements, mine.Updates, new TableCommitContext(Tables.Start)));
        var again = await SnapshotBuilder.AppendAsync(store, other, [Tables.File("mine", 1, 1)], NoSummary, Context with { Attempt = 2 });
        Assert.Contains("-2-", again.Snapshot.ManifestList, StringComparison.Ordinal);
        Assert.Equal(["mine", "other"], await FilesAsync(Tables.Commit(other, again)));
    }

    [Fact]
    public async Task Branches_grow_apart_from_main()
    {
        var table = await WithFilesAsync(Tables.ByDay(), ["a"]);
        table = Tables.Applied(TableCommit.Apply(table, [], [new SetSnapshotRef("side", new SnapshotRef(table.CurrentSnapshotId!.Value, SnapshotRefType.Branch, MinSnapshotsToKeep: 3)), new SetSnapshotRef("v1", new SnapshotRef(table.CurrentSnapshotId.Value, SnapshotRefType.Tag))], new TableCommitContext(Tables.Start)));
        var after = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [Tables.File("b", 1, 1)], NoSummary, Context with { Branch = "side" }));
        Assert.Equal(["a"], await FilesAsync(after));
        Assert.Equal(["a", "b"], await FilesAsync(after, after.SnapshotByRef("side")));
        Assert.Equal(3, after.Refs["side"].MinSnapshotsToKeep);
        await Assert.ThrowsAsync<LakehouseException>(() => SnapshotBuilder.AppendAsync(store, table, [], NoSummary, Context with { Branch = "v1" }));
    }

    [Fact]
    public async Task Small_manifests_are_merged_when_there_are_enough()
    {
        var table = Tables.ByDay(("commit.manifest.min-count-to-merge", "4"));
        var manifests = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [Tables.File($"f{i}", 10, i)], NoSummary, Context), i);
            manifests.Add((await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!)).Count);
        }

        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3, 1], manifests);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"f{i}"), await FilesAsync(table));
        // Merging changes nothing of what is known of a file.
        var planned = await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!).ToListAsync();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => ((long)i, (long)i, (long?)99 + i)), planned.Select(file => (file.DataSequenceNumber, file.FileSequenceNumber, file.SnapshotId)).Order());
        var added = await EntriesAsync(table, table.CurrentSnapshot!, ManifestEntryStatus.Added);
        Assert.Equal("memory://lake/t/data/f9.parquet", Assert.Single(added).DataFile.FilePath);
        AssertSummary(table.CurrentSnapshot!, ("total-data-files", 10), ("manifests-created", 2), ("manifests-replaced", 4));
        // The new manifest that went into the merged one is not left behind.
        var referenced = new HashSet<string>();
        foreach (var snapshot in table.Snapshots)
        {
            referenced.Add(snapshot.ManifestList!);
            referenced.UnionWith((await ManifestListReader.ReadAsync(store, snapshot)).Select(manifest => manifest.ManifestPath));
        }

        Assert.Equal(referenced.Order(StringComparer.Ordinal), store.Locations);
    }

    [Fact]
    public async Task Merging_can_be_switched_off_and_is_bounded_by_size()
    {
        var off = Tables.ByDay(("commit.manifest.min-count-to-merge", "2"), ("commit.manifest-merge.enabled", "false"));
        var small = Tables.ByDay(("commit.manifest.min-count-to-merge", "2"), ("commit.manifest.target-size-bytes", "1"));
        foreach (var start in new[] { off, small })
        {
            var table = await WithFilesAsync(start, ["a"], ["b"], ["c"]);
            Assert.Equal(3, (await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!)).Count);
        }
    }

    [Fact]
    public async Task Many_files_are_split_over_manifests_of_the_target_size()
    {
        var table = Tables.Unpartitioned(("commit.manifest.target-size-bytes", "20000"), ("commit.manifest-merge.enabled", "false"));
        var files = Enumerable.Range(0, 5000).Select(i => Tables.File($"{Guid.NewGuid()}")).ToList();
        table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, files, NoSummary, Context));
        var manifests = await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!);
        Assert.True(manifests.Count > 2);
        Assert.Equal(5000, manifests.Sum(manifest => manifest.AddedFilesCount));
        Assert.Equal(5000, (await FilesAsync(table)).Count);
    }

    [Fact]
    public async Task Specs_have_manifests_of_their_own()
    {
        var table = await WithFilesAsync(Tables.ByDay(("commit.manifest.min-count-to-merge", "2")), ["a"], ["b"]);
        table = Tables.Applied(TableCommit.Apply(table, [], [new AddPartitionSpec(PartitionSpec.Unpartitioned), new SetDefaultSpec(-1)], new TableCommitContext(Tables.Start)));
        table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [Tables.File("c") with { SpecId = 1 }], NoSummary, Context));
        var planned = await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!).ToListAsync();
        Assert.Equal([0, 0, 1], planned.Select(file => file.Spec.SpecId).Order());
        Assert.Equal(2, (await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!)).Count);
    }

    [Fact]
    public async Task Files_that_do_not_fit_are_refused()
    {
        var table = Tables.ByDay();
        foreach (var files in new DataFile[][]
        {
            [Tables.File("a", 1, 1), Tables.File("a", 1, 1)],
            [Tables.File("a", 1)],
            [Tables.File("a", 1, 1) with { SpecId = 7 }],
            [Tables.File("a", 1, 1) with { Content = FileContent.EqualityDeletes }],
            [Tables.File("a", -1, 1)],
        })
        {
            var error = await Assert.ThrowsAsync<LakehouseException>(() => SnapshotBuilder.AppendAsync(store, table, files, NoSummary, Context));
            Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
        }

        foreach (var version in new[] { "1" })
        {
            var error = await Assert.ThrowsAsync<LakehouseException>(() => SnapshotBuilder.AppendAsync(store, Tables.Unpartitioned(("format-version", version)), [], NoSummary, Context));
            Assert.Equal(LakehouseErrorKind.Unsupported, error.Kind);
        }

        Assert.Empty(store.Locations);
    }

    [Fact]
    public void Random_ids_are_positive_and_differ()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => SnapshotContext.Random(TimeProvider.System).NewSnapshotId()).ToHashSet();
        Assert.Equal(1000, ids.Count);
        Assert.All(ids, id => Assert.True(id > 0));
    }

    private async Task<TableMetadata> WithFilesAsync(TableMetadata table, params string[][] commits)
    {
        foreach (var names in commits)
        {
            table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, names.Select(name => Tables.File(name, 10, 1)).ToList(), NoSummary, Context));
        }

        return table;
    }

    private async Task<List<string>> FilesAsync(TableMetadata table, Snapshot? snapshot = null) => await ScanPlanner.PlanFilesAsync(store, table, snapshot ?? table.CurrentSnapshot!)
        .Select(file => Path.GetFileNameWithoutExtension(file.File.FilePath)).Order(StringComparer.Ordinal).ToListAsync();

    private async Task<List<ManifestEntry>> EntriesAsync(TableMetadata table, Snapshot snapshot, ManifestEntryStatus status)
    {
        var entries = new List<ManifestEntry>();
        foreach (var manifest in await ManifestListReader.ReadAsync(store, snapshot))
        {
            entries.AddRange(await ManifestReader.ReadAsync(store, manifest, table).Where(entry => entry.Status == status).ToListAsync());
        }

        return entries;
    }

    private static void AssertSummary(Snapshot snapshot, params (string Name, long Value)[] expected)
    {
        foreach (var (name, value) in expected)
        {
            Assert.True(snapshot.SummaryNumber(name) == value, $"{name}: expected {value}, is {snapshot.Summary.GetValueOrDefault(name)}");
        }
    }
}
