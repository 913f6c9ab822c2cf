using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using static Lakehouse.Formats.Tests.Snapshots.SnapshotLab;

namespace Lakehouse.Formats.Tests.Snapshots;

/// <summary>Changes that meet what others committed since.</summary>
public sealed class ConflictTests
{
    private readonly SnapshotLab lab = new();
    private readonly SnapshotLab v3 = new(("format-version", "3"));

    private ChangeValidation Since(IsolationLevel level = IsolationLevel.Serializable) => new() { StartingSnapshotId = lab.Table.CurrentSnapshotId, IsolationLevel = level };

    [Fact]
    public async Task Appends_never_conflict_with_appends_nor_anything_else()
    {
        await lab.AppendAsync(1, "a");
        var mine = new SnapshotChange { AddedDataFiles = [Tables.File("mine", 1, 1)] };
        await lab.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("a2", 1, 1)], RemovedDataFiles = [Path("a")] });
        await lab.CommitAsync(mine);
        Assert.Equal(["a2", "mine"], (await lab.FilesAsync()).Keys.Order());
    }

    [Fact]
    public async Task An_overwrite_meets_new_rows()
    {
        await lab.AppendAsync(1, "a");
        var (serializable, snapshot) = (Since(), Since(IsolationLevel.Snapshot));
        await lab.AppendAsync(2, "theirs");
        var change = new SnapshotChange { AddedDataFiles = [Tables.File("a2", 9, 1)], RemovedDataFiles = [Path("a")], Validation = serializable };
        Assert.Contains($"snapshot 101 (append) added data file {Path("theirs")} of partition (2)", await lab.ConflictAsync(change), StringComparison.Ordinal);
        await lab.CommitAsync(change with { Validation = snapshot });
        Assert.Equal(["a2", "theirs"], (await lab.FilesAsync()).Keys.Order());
    }

    [Fact]
    public async Task Only_rows_that_pass_the_filter_matter()
    {
        await lab.AppendAsync(1, "a");
        var validation = Since() with { ConflictFilter = new ColumnPredicate("day", PredicateOperator.Equal, new DateLiteral(1)) };
        var change = new SnapshotChange { AddedDataFiles = [Tables.File("a2", 9, 1)], RemovedDataFiles = [Path("a")], Validation = validation };
        await lab.AppendAsync(2, "other");
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", null, 1, 2)] });
        await lab.CommitAsync(new SnapshotChange { RemovedDataFiles = [Path("other")] });
        await lab.PrepareAsync(change);
        // Statistics count as partitions do.
        var byId = change with { Validation = Since() with { ConflictFilter = new ColumnPredicate("id", PredicateOperator.Less, new IntegerLiteral(5)) } };
        await lab.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("theirs", 1, 1) with { LowerBounds = new Dictionary<int, byte[]> { [1] = BitConverter.GetBytes(7L) }, UpperBounds = new Dictionary<int, byte[]> { [1] = BitConverter.GetBytes(9L) } }] });
        await lab.PrepareAsync(byId);
        Assert.Contains(Path("theirs"), await lab.ConflictAsync(change), StringComparison.Ordinal);
        Assert.Contains(Path("theirs"), await lab.ConflictAsync(byId with { Validation = byId.Validation! with { ConflictFilter = new ColumnPredicate("id", PredicateOperator.Less, new IntegerLiteral(8)) } }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaced_partitions_only_meet_their_own()
    {
        await lab.AppendAsync(1, "a");
        var validation = Since();
        await lab.AppendAsync(2, "other");
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", null, 1, 2)] });
        var change = new SnapshotChange { AddedDataFiles = [Tables.File("a2", 9, 1)], ReplacedPartitions = [new PartitionKey(0, [1])], Validation = validation };
        await lab.PrepareAsync(change);
        await lab.AppendAsync(1, "same");
        Assert.Contains(Path("same"), await lab.ConflictAsync(change), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewrite_never_loses_deletes()
    {
        await lab.AppendAsync(1, "a", "b");
        var rewrite = new SnapshotChange
        {
            Operation = SnapshotOperation.Replace,
            AddedDataFiles = [Tables.File("ab", 20, 1)],
            RemovedDataFiles = [Path("a"), Path("b")],
            DataSequenceNumber = lab.Table.LastSequenceNumber,
            Validation = Since(),
        };
        // New rows are none of its business, nor are equality deletes, which go on to apply.
        await lab.AppendAsync(1, "theirs");
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [Equalities("e", 1, 1), PositionDeletes("other", null, 1, 2)] });
        await lab.PrepareAsync(rewrite);
        Assert.Contains("snapshot 102 deleted rows of data file", await lab.ConflictAsync(rewrite with { DataSequenceNumber = null }), StringComparison.Ordinal);
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", "b", 1, 1)] });
        Assert.Contains(Path("b"), await lab.ConflictAsync(rewrite), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewrite_meets_another_of_the_same_files()
    {
        await lab.AppendAsync(1, "a", "b");
        var rewrite = new SnapshotChange { Operation = SnapshotOperation.Replace, AddedDataFiles = [Tables.File("ab", 20, 1)], RemovedDataFiles = [Path("a"), Path("b")], Validation = Since() };
        await lab.CommitAsync(rewrite with { AddedDataFiles = [Tables.File("theirs", 20, 1)], RemovedDataFiles = [Path("b")] });
        Assert.Contains(Path("b"), await lab.ConflictAsync(rewrite), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deletes_need_their_data_files()
    {
        await lab.AppendAsync(1, "a", "b");
        var delete = new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", "a", 1, 1)], Validation = Since(IsolationLevel.Snapshot) with { ReferencedDataFiles = [Path("a")], DeletesConflict = false } };
        await lab.CommitAsync(new SnapshotChange { Operation = SnapshotOperation.Replace, AddedDataFiles = [Tables.File("b2", 10, 1)], RemovedDataFiles = [Path("b")] });
        await lab.PrepareAsync(delete);
        await lab.CommitAsync(new SnapshotChange { Operation = SnapshotOperation.Replace, AddedDataFiles = [Tables.File("a2", 10, 1)], RemovedDataFiles = [Path("a")] });
        Assert.Contains($"snapshot 103 (replace) removed data file {Path("a")}", await lab.ConflictAsync(delete), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_deleted_twice_are_deleted_and_rows_updated_twice_are_a_conflict()
    {
        await lab.AppendAsync(1, "a", "b");
        var delete = new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", "a", 1, 1)], Validation = Since(IsolationLevel.Snapshot) with { ReferencedDataFiles = [Path("a")], DeletesConflict = false } };
        var update = delete with { AddedDataFiles = [Tables.File("new", 1, 1)], Validation = delete.Validation! with { DeletesConflict = true } };
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("q", "b", 1, 1)] });
        // For a snapshot's isolation deletes of other files are none of its business; for a serial order they are.
        await lab.PrepareAsync(update);
        Assert.Contains("may delete rows", await lab.ConflictAsync(update with { Validation = update.Validation! with { IsolationLevel = IsolationLevel.Serializable } }), StringComparison.Ordinal);
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("r", "a", 1, 1)] });
        await lab.PrepareAsync(delete);
        Assert.Contains("(delete) added delete file", await lab.ConflictAsync(update), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_vectors_for_one_file_conflict_even_between_deletes()
    {
        await v3.AppendAsync(1, "a");
        var delete = new SnapshotChange { AddedDeleteFiles = [Vector("mine", "a", 4, 1, 1)], Validation = new ChangeValidation { StartingSnapshotId = v3.Table.CurrentSnapshotId, DeletesConflict = false } };
        await v3.CommitAsync(new SnapshotChange { AddedDeleteFiles = [Vector("theirs", "a", 4, 1, 1)] });
        Assert.Contains("theirs", await v3.ConflictAsync(delete), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replacing_everything_needs_everything_to_be_as_it_was_but_for_rewrites()
    {
        await lab.AppendAsync(1, "a", "b");
        var change = new SnapshotChange { AddedDataFiles = [Tables.File("all", 1, 1)], RemovesAll = true, Validation = Since() };
        await lab.CommitAsync(new SnapshotChange { Operation = SnapshotOperation.Replace, AddedDataFiles = [Tables.File("ab", 20, 1)], RemovedDataFiles = [Path("a"), Path("b")] });
        await lab.PrepareAsync(change);
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", "ab", 1, 1)] });
        Assert.Contains("deleted rows of data file", await lab.ConflictAsync(change with { Validation = change.Validation! with { IsolationLevel = IsolationLevel.Snapshot, DeletesConflict = false } }), StringComparison.Ordinal);
        Assert.Contains("may delete rows", await lab.ConflictAsync(change), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_is_gone_is_a_conflict()
    {
        var empty = Since();
        await lab.AppendAsync(1, "a");
        var start = Since();
        await lab.AppendAsync(1, "b");
        await lab.AppendAsync(1, "c");
        var change = new SnapshotChange { RemovedDataFiles = [Path("a")], Validation = start with { IsolationLevel = IsolationLevel.Snapshot } };
        await lab.PrepareAsync(change);
        lab.Table = Tables.Applied(TableCommit.Apply(lab.Table, [], [new RemoveSnapshots([100])], new TableCommitContext(Tables.Start)));
        Assert.Contains("no ancestor", await lab.ConflictAsync(change with { Validation = change.Validation! with { StartingSnapshotId = 77 } }), StringComparison.Ordinal);
        Assert.Contains("has expired", await lab.ConflictAsync(change with { Validation = empty }), StringComparison.Ordinal);
    }
}
