using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Rebase;

/// <summary>A table on two branches of a lake in one store. A side is what a branch's pointer says: metadata.</summary>
internal sealed class RebaseLab
{
    private long nextId = 100;

    public RebaseLab(params (string Name, string Value)[] properties)
    {
        Base = Main = Dev = Tables.ByDay(properties);
    }

    public MemoryStore Store { get; } = new();

    public TableMetadata Base { get; private set; }

    public TableMetadata Main { get; set; }

    public TableMetadata Dev { get; set; }

    public RebaseSides Sides => new(Dev, Base, Main, Base);

    private SnapshotContext Context => new(() => nextId++, Guid.NewGuid, new FixedTime(Tables.Start.AddHours(1)));

    /// <summary>Parts the branches here.</summary>
    public void Part(TableMetadata table) => Base = Main = Dev = table;

    public async Task<TableMetadata> AppendAsync(TableMetadata table, int day, params string[] names) => await ChangeAsync(table, new SnapshotChange
    {
        AddedDataFiles = [.. names.Select(name => Tables.File(name, 10, day))],
        Summary = new Dictionary<string, string> { ["run"] = names.FirstOrDefault("nothing") },
    });

    public async Task<TableMetadata> ChangeAsync(TableMetadata table, SnapshotChange change) => Tables.Commit(table, await SnapshotBuilder.PrepareAsync(Store, table, change, Context));

    public static TableMetadata Update(TableMetadata table, params TableUpdate[] updates) => Tables.Applied(TableCommit.Apply(table, [], updates, new TableCommitContext(Tables.Start)));

    public async Task<(TableMetadata Table, PreparedRebase Prepared)> RebaseAsync(RebaseSides sides)
    {
        var plan = Assert.IsType<RebasePlan.Possible>(AppendRebase.Plan(sides));
        var prepared = await AppendRebase.PrepareAsync(Store, sides, plan, Context);
        return (Tables.Applied(TableCommit.Apply(sides.Target, prepared.Requirements, prepared.Updates, new TableCommitContext(Tables.Start.AddMinutes(5)))), prepared);
    }

    public static (RebaseSide? Side, string Reason) Refusal(RebaseSides sides)
    {
        var refused = Assert.IsType<RebasePlan.Impossible>(AppendRebase.Plan(sides));
        return (refused.Side, refused.Reason);
    }

    public async Task<List<ScanFile>> FilesAsync(TableMetadata table) =>
        table.CurrentSnapshot is { } snapshot ? await ScanPlanner.PlanFilesAsync(Store, table, snapshot).ToListAsync() : [];

    public async Task<string> NamesAsync(TableMetadata table) =>
        string.Join(" ", (await FilesAsync(table)).Select(file => Path.GetFileNameWithoutExtension(file.File.FilePath)).Order(StringComparer.Ordinal));

    /// <summary>What every table has to be: totals as counted, sequence numbers not above the table's, row ids given once.</summary>
    public async Task AssertWholeAsync(TableMetadata table)
    {
        var files = await FilesAsync(table);
        Assert.Equal(files.Count, files.Select(file => file.File.FilePath).Distinct().Count());
        if (table.CurrentSnapshot is not { } snapshot)
        {
            return;
        }

        Assert.Equal((files.Count, files.Sum(file => file.File.RecordCount), files.Sum(file => file.File.FileSizeInBytes)),
            (snapshot.SummaryNumber("total-data-files"), snapshot.SummaryNumber("total-records"), snapshot.SummaryNumber("total-files-size")));
        Assert.All(files, file => Assert.InRange(file.DataSequenceNumber, 1, table.LastSequenceNumber));
        Assert.All(files, file => Assert.Contains(file.FileSequenceNumber, table.Snapshots.Select(known => known.SequenceNumber)));
        if (table.FormatVersion >= 3)
        {
            var ranges = files.Select(file => (First: file.File.FirstRowId!.Value, file.File.RecordCount)).OrderBy(range => range.First).ToList();
            Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.First + pair.First.RecordCount <= pair.Second.First, "row ids given twice"));
            Assert.True(ranges.Count == 0 || ranges[^1].First + ranges[^1].RecordCount <= table.NextRowId, "row ids beyond the table's next");
        }
    }
}
