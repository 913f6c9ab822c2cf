using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Branches;

/// <summary>A lake of one test's own, whose branches a test writes to. Of data files only the names matter.</summary>
internal sealed class BranchLab : IAsyncDisposable
{
    public const string Main = "main";
    public const string Dev = "dev";

    BranchLab(TestLake test) => Test = test;

    public TestLake Test { get; }

    public CatalogClient Catalog => Test.Lake.Catalog;

    public static async Task<BranchLab> StartAsync(PostgresServer postgres) => new(await TestLake.StartAsync(postgres));

    public static TableIdentifier Table(string name) => TableIdentifier.Parse(name);

    /// <summary>Appends files to tables in one commit, and creates those that are not there.</summary>
    public async Task<long> AppendAsync(string branch, string file, params string[] tables) => await CommitAsync(branch, async transaction =>
    {
        foreach (var name in tables)
        {
            var table = await transaction.OpenOrCreateAsync(Table(name), TestLake.Columns);
            transaction.Append(table, await Test.WriteAsync(transaction, table, file));
        }
    });

    /// <summary>Replaces a table's files.</summary>
    public Task<long> OverwriteAsync(string branch, string file, string name) => CommitAsync(branch, async transaction =>
    {
        var table = await transaction.OpenAsync(Table(name));
        transaction.Overwrite(table, await Test.WriteAsync(transaction, table, file));
    });

    public async Task<long> CommitAsync(string branch, Func<TableTransaction, Task> change)
    {
        await using var transaction = Test.Lake.On(branch).BeginTransaction("test", $"change on {branch}");
        await change(transaction);
        return Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync()).CommitId;
    }

    public async Task<string> FilesAsync(string branch, string name)
    {
        var names = new List<string>();
        await foreach (var file in (await Test.Lake.On(branch).LoadTableAsync(Table(name))).PlanFilesAsync())
        {
            names.Add(Path.GetFileNameWithoutExtension(file.File.FilePath));
        }

        return string.Join(" ", names.Order(StringComparer.Ordinal));
    }

    public async Task<string> MetadataAsync(string branch, string name) => (await Catalog.On(branch).LoadTableAsync(Table(name))).MetadataLocation;

    public async Task<string> TablesAsync(string branch, string ns) => string.Join(" ", (await Catalog.On(branch).ListTablesAsync(ns)).Select(table => table.Name).Order(StringComparer.Ordinal));

    /// <summary>A merge that has to be made, and what it did to each table.</summary>
    public async Task<string> MergeAsync(string from, string into)
    {
        var merged = await Catalog.MergeAsync(from, into);
        Assert.True(merged.IsDone, string.Join("; ", merged.Conflicts.Select(conflict => $"{conflict.Name}: {conflict.Reason}")));
        Assert.Equal(merged.Outcome == "merged", merged.Commit is not null);
        return string.Join(", ", merged.Changes.Select(change => $"{change.Action} {(change.Namespace.Length == 0 ? "" : change.Namespace + ".")}{change.Name}"));
    }

    /// <summary>A merge that has to conflict; the target stays as it was.</summary>
    public async Task<IReadOnlyList<MergeConflict>> ConflictsAsync(string from, string into)
    {
        var before = (await Catalog.FindBranchAsync(into))!.Head;
        var merged = await Catalog.MergeAsync(from, into);
        Assert.Equal("conflicts", merged.Outcome);
        Assert.Equal(merged.Conflicts.Select(conflict => conflict.Reason), (await Catalog.MergeAsync(from, into, dryRun: true)).Conflicts.Select(conflict => conflict.Reason));
        Assert.Equal(before, (await Catalog.FindBranchAsync(into))!.Head);
        return merged.Conflicts;
    }

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}
