using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Maintenance;

namespace Lakehouse.Tables.Tests.Crashes;

/// <summary>A writer that meets a fault at each of its store operations: the table is as it was before, or as it was to be; what is left over is found as orphans, and nothing else.</summary>
public sealed class CrashTests(PostgresServer postgres)
{
    const int MostOperations = 60;
    static readonly TableIdentifier Other = new("bronze", "other");
    static readonly OrphanRemovalOptions AnyAge = new() { MinAge = TimeSpan.FromMinutes(-10), InsistsOnAge = true };

    [Theory]
    [InlineData("append")]
    [InlineData("overwrite")]
    [InlineData("replace files")]
    [InlineData("deletes")]
    [InlineData("vectors")]
    [InlineData("replace partition")]
    [InlineData("two tables")]
    [InlineData("merge manifests")]
    [InlineData("rewrite manifests")]
    [InlineData("expire")]
    [InlineData("orphans")]
    public async Task The_table_is_as_before_or_as_after(string kind)
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await CreateAsync(lake, TestLake.Events, kind);
        await CreateAsync(lake, Other, kind);
        foreach (var fault in Enum.GetValues<Fault>())
        {
            await BreakEverywhereAsync(lake, kind, fault);
        }
    }

    static async Task BreakEverywhereAsync(TestLake lake, string kind, Fault fault)
    {
        for (var at = 1; ; at++)
        {
            Assert.True(at < MostOperations, "the store sees no end of operations");
            var name = $"{fault}{at}";
            await GiveWorkAsync(lake, kind, name);
            var before = await StateAsync(lake, TestLake.Events);
            var otherBefore = await StateAsync(lake, Other);
            var store = new FaultStore(lake.Server.Store, at, fault);
            var broken = new Lake(new CatalogClient(lake.Server.Client(CatalogServer.ServiceKey)), store);
            var committed = false;
            try
            {
                committed = await ChangeAsync(lake, broken, kind, name, before);
            }
            catch (LakehouseException exception) when (exception.IsTransient)
            {
                // The process is gone, or gives up.
            }

            var after = await StateAsync(lake, TestLake.Events);
            var expected = Expected(kind, name, before);
            Assert.Contains(string.Join(",", after), new[] { string.Join(",", before), string.Join(",", expected) });
            if (committed)
            {
                Assert.Equal(expected, after);
            }

            if (kind == "two tables")
            {
                Assert.Equal(after.SequenceEqual(before) ? otherBefore : Expected(kind, name, otherBefore), await StateAsync(lake, Other));
            }

            if (!store.WasHit)
            {
                Assert.True(committed);
                break;
            }

            // A file that is needed is no orphan, and what is left over is one.
            var orphans = await OrphanRemoval.RunAsync(lake.Lake, TestLake.Events, AnyAge);
            Assert.Empty(orphans.NotDeleted);
            Assert.Equal(after, await StateAsync(lake, TestLake.Events));
            Assert.Empty((await OrphanRemoval.DryRunAsync(lake.Lake, TestLake.Events, AnyAge)).Files);
        }
    }

    static async Task CreateAsync(TestLake lake, TableIdentifier table, string kind)
    {
        await using var transaction = lake.Lake.BeginTransaction("test", "create");
        var properties = new Dictionary<string, string> { ["format-version"] = kind == "vectors" ? "3" : "2" };
        if (kind == "merge manifests")
        {
            properties["commit.manifest.min-count-to-merge"] = "2";
        }
        else
        {
            properties["commit.manifest-merge.enabled"] = "false";
        }

        var spec = new PartitionSpec(0, [new PartitionField(1, 1000, "part", Transform.Bucket(4))]);
        var opened = await transaction.OpenOrCreateAsync(table, TestLake.Columns, spec, properties: properties);
        transaction.Append(opened, Place(await lake.WriteAsync(transaction, opened, "f0")));
        transaction.Stage(opened, new SnapshotChange { AddedDataFiles = Place(await lake.WriteAsync(transaction, opened, "g0")) });
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }

    /// <summary>What maintenance finds to do.</summary>
    static async Task GiveWorkAsync(TestLake lake, string kind, string name)
    {
        var table = await lake.Lake.LoadTableAsync(TestLake.Events);
        if (kind == "orphans")
        {
            using var content = new MemoryStream([1]);
            await lake.Server.Store.PutAsync($"{table.Location}/data/lost{name}.parquet", content);
        }
        else if ((kind == "expire" && table.Metadata.Snapshots.Count < 2) || (kind == "rewrite manifests" && (await ManifestListReader.ReadAsync(lake.Server.Store, table.CurrentSnapshot!)).Count < 2))
        {
            await using var transaction = lake.Lake.BeginTransaction("test", "append");
            transaction.Append(table, Place(await lake.WriteAsync(transaction, table, $"w{name}")));
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }
    }

    /// <summary>Makes the change of a name, and says whether it is known to be committed.</summary>
    static async Task<bool> ChangeAsync(TestLake lake, Lake broken, string kind, string n, IReadOnlyList<string> before)
    {
        switch (kind)
        {
            case "expire":
                await SnapshotExpiry.RunAsync(broken, TestLake.Events, new SnapshotExpiryOptions { MaxSnapshotAge = TimeSpan.Zero });
                return true;
            case "orphans":
                await OrphanRemoval.RunAsync(broken, TestLake.Events, AnyAge);
                return true;
            case "rewrite manifests":
                await ManifestRewrite.RunAsync(broken, TestLake.Events, new ManifestRewriteOptions { ReordersAll = true });
                return true;
        }

        await using var transaction = broken.BeginTransaction("test", kind);
        var table = await transaction.OpenAsync(TestLake.Events);
        var validation = new ChangeValidation { StartingSnapshotId = table.CurrentSnapshot!.SnapshotId };
        var added = Place(await lake.WriteAsync(transaction, table, $"f{n}"));
        var victim = before[0].Split('<')[0];
        switch (kind)
        {
            case "append" or "merge manifests":
                transaction.Append(table, added);
                break;
            case "overwrite":
                transaction.Overwrite(table, added);
                break;
            case "replace files":
                transaction.Stage(table, new SnapshotChange { AddedDataFiles = added, RemovedDataFiles = [$"{table.Location}/data/{victim}.parquet"], Validation = validation });
                break;
            case "deletes":
                transaction.Stage(table, new SnapshotChange { AddedDeleteFiles = [added[0] with { Content = FileContent.PositionDeletes, ReferencedDataFile = $"{table.Location}/data/{victim}.parquet" }], Validation = validation });
                break;
            case "vectors":
                var old = (await (await lake.Lake.LoadTableAsync(TestLake.Events)).PlanFilesAsync().ToListAsync()).SelectMany(file => file.Deletes).Select(delete => delete.File);
                var vector = added[0] with { Content = FileContent.PositionDeletes, FileFormat = "PUFFIN", ReferencedDataFile = $"{table.Location}/data/{victim}.parquet", ContentOffset = 0, ContentSizeInBytes = 3 };
                transaction.Stage(table, new SnapshotChange { AddedDeleteFiles = [vector], RemovedDeleteFiles = [.. old], Validation = validation with { DeletesConflict = false } });
                break;
            case "replace partition":
                transaction.Stage(table, new SnapshotChange { AddedDataFiles = added, ReplacedPartitions = [new PartitionKey(0, [1])], Validation = validation });
                break;
            default:
                var second = await transaction.OpenAsync(Other);
                transaction.Append(table, added);
                transaction.Append(second, Place(await lake.WriteAsync(transaction, second, $"f{n}")));
                break;
        }

        return await transaction.CommitAsync() is CommitResult.Committed;
    }

    /// <summary>The table's files, each with its deletes, after the change of a name.</summary>
    static List<string> Expected(string kind, string n, IReadOnlyList<string> before)
    {
        var victim = before[0].Split('<')[0];
        IEnumerable<string> after = kind switch
        {
            "overwrite" or "replace partition" => [$"f{n}"],
            "replace files" => before.Skip(1).Append($"f{n}"),
            "deletes" => before.Skip(1).Append(before[0].Contains('<', StringComparison.Ordinal) ? $"{before[0]},f{n}" : $"{victim}<f{n}"),
            "vectors" => before.Skip(1).Append($"{victim}<f{n}"),
            "expire" or "orphans" or "rewrite manifests" => before,
            _ => before.Append($"f{n}"),
        };
        return [.. after.Order(StringComparer.Ordinal)];
    }

    static List<DataFile> Place(IReadOnlyList<DataFile> files) => [.. files.Select(file => file with { Partition = [1] })];

    /// <summary>The table's files by name, each with its deletes; all of them are there.</summary>
    static async Task<List<string>> StateAsync(TestLake lake, TableIdentifier table)
    {
        var state = new List<string>();
        await foreach (var file in (await lake.Lake.LoadTableAsync(table)).PlanFilesAsync())
        {
            foreach (var needed in file.Deletes.Select(delete => delete.File).Prepend(file.File))
            {
                Assert.NotNull(await lake.Server.Store.StatAsync(needed.FilePath));
            }

            var deletes = string.Join(",", file.Deletes.OrderBy(delete => delete.DataSequenceNumber).Select(delete => Path.GetFileNameWithoutExtension(delete.File.FilePath)));
            state.Add(Path.GetFileNameWithoutExtension(file.File.FilePath) + (deletes.Length == 0 ? "" : $"<{deletes}"));
        }

        state.Sort(StringComparer.Ordinal);
        return state;
    }
}
