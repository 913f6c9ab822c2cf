using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Rebase;

/// <summary>
/// Two branches at random: appends, rewrites and merges in both directions, as a catalog makes them (pointers move where the target is what the source was made from, otherwise appends are rebased).
/// Each file is named by the rows that it has; after every merge the target has each row of both exactly once.
/// </summary>
public sealed class RebasePropertyTests
{
    [Fact]
    public void Nothing_is_lost_and_nothing_comes_twice() =>
        Properties.Hold(Gen.Choose(0, int.MaxValue - 1), seed => CheckAsync(new Random(seed)).GetAwaiter().GetResult(), full: 1500);

    private static async Task CheckAsync(Random random)
    {
        var lab = new RebaseLab(("format-version", random.Next(2) == 0 ? "2" : "3"), ("commit.manifest.min-count-to-merge", $"{random.Next(2, 6)}"));
        var start = random.Next(3) == 0 ? lab.Main : await lab.AppendAsync(lab.Main, 1, "base");
        var (main, dev) = (new Side(start), new Side(start));
        if (start.CurrentSnapshotId is not null)
        {
            main.Rows.Add("base");
            dev.Rows.Add("base");
        }

        var steps = new List<string>();
        var next = 0;
        for (var step = random.Next(3, 20); step > 0; step--)
        {
            var (name, side, other) = random.Next(2) == 0 ? ("main", main, dev) : ("dev", dev, main);
            switch (random.Next(5))
            {
                case 0 or 1:
                    var rows = Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"r{next++}").ToArray();
                    steps.Add($"{name} appends {string.Join(",", rows)}");
                    side.Move(await lab.AppendAsync(side.Table, random.Next(3), rows));
                    side.Rows.UnionWith(rows);
                    break;
                case 2:
                    steps.Add($"{name} rewrites");
                    await RewriteAsync(lab, side, random);
                    break;
                default:
                    steps.Add($"{name} is merged");
                    await MergeAsync(lab, side, other);
                    break;
            }

            foreach (var each in new[] { main, dev })
            {
                var found = (await lab.FilesAsync(each.Table)).SelectMany(file => Path.GetFileNameWithoutExtension(file.File.FilePath).Split('+')).Order(StringComparer.Ordinal);
                Assert.True(found.SequenceEqual(each.Rows.Order(StringComparer.Ordinal)), string.Join("; ", steps));
                await lab.AssertWholeAsync(each.Table);
            }
        }
    }

    private static async Task RewriteAsync(RebaseLab lab, Side side, Random random)
    {
        var files = (await lab.FilesAsync(side.Table)).Select(file => file.File).GroupBy(file => file.Partition[0]).Where(group => group.Count() > 1).Select(group => group.Take(random.Next(2, 4)).ToList()).FirstOrDefault();
        if (files is null)
        {
            return;
        }

        var name = string.Join("+", files.Select(file => Path.GetFileNameWithoutExtension(file.FilePath)));
        var file = Tables.File(name, files.Sum(file => file.RecordCount), files[0].Partition[0]);
        // Each writer's files have names of their own.
        var own = file with { FilePath = $"memory://lake/t/data/{Guid.NewGuid():N}/{name}.parquet" };
        side.Move(await lab.ChangeAsync(side.Table, new SnapshotChange { Operation = SnapshotOperation.Replace, AddedDataFiles = [own], RemovedDataFiles = [.. files.Select(one => one.FilePath)] }));
    }

    private static async Task MergeAsync(RebaseLab lab, Side source, Side target)
    {
        target.Rows.UnionWith(source.Rows);
        if (source.States.Contains(target.Table))
        {
            target.Move(source.Table);
        }
        else if (!target.States.Contains(source.Table))
        {
            var sides = new RebaseSides(source.Table, source.Brought, target.Table, target.Known);
            if (Assert.IsType<RebasePlan.Possible>(AppendRebase.Plan(sides)).Snapshots.Count > 0)
            {
                target.Move((await lab.RebaseAsync(sides)).Table);
            }
        }

        // Since here the target has all of the source, and the source knows nothing newer of the target than it did.
        source.Brought = source.Table;
        source.States.Clear();
        source.States.Add(source.Table);
        target.States.Clear();
        target.States.Add(target.Table);
        target.Known = target.Table;
        source.Known = source.Table;
    }

    private sealed class Side(TableMetadata table)
    {
        public TableMetadata Table { get; private set; } = table;

        /// <summary>The states since the last merge.</summary>
        public HashSet<TableMetadata> States { get; } = new(ReferenceEqualityComparer.Instance) { table };

        /// <summary>The state that the other side has all of.</summary>
        public TableMetadata Brought { get; set; } = table;

        /// <summary>The state since which the other side has to be told of changes.</summary>
        public TableMetadata Known { get; set; } = table;

        public HashSet<string> Rows { get; } = new(StringComparer.Ordinal);

        public void Move(TableMetadata to)
        {
            Table = to;
            States.Add(to);
        }
    }
}
