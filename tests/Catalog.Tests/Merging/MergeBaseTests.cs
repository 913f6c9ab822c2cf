using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Merging;

namespace LakeAspire.Catalog.Api.Tests.Merging;

/// <summary>What two branches last had in common.</summary>
public sealed class MergeBaseTests
{
    const int Main = 1;
    const int Dev = 2;
    const int Other = 3;

    [Fact]
    public void Branches_part_where_the_older_of_both_starts()
    {
        var (dev, other) = (View((Dev, 30), (Main, 10)), View((Other, 40), (Main, 20)));
        Assert.Equal(new MergeBase(MergeBaseKind.Fork, new(1, 10), new(1, 10)), MergeBaseFinder.Fork(dev, other));
        Assert.Equal(new MergeBase(MergeBaseKind.Fork, new(1, 10), new(0, 10)), MergeBaseFinder.Fork(dev, View((Main, 50))));
        Assert.Equal(new MergeBase(MergeBaseKind.Fork, new(0, 5), new(1, 5)), MergeBaseFinder.Fork(View((Main, 5)), dev));

        // A branch of a branch parts from that one, wherever that one came from.
        Assert.Equal(new MergeBase(MergeBaseKind.Fork, new(1, 12), new(0, 12)), MergeBaseFinder.Fork(View((Other, 40), (Dev, 12), (Main, 10)), dev));
    }

    [Fact]
    public void The_newer_merge_counts_and_merges_that_crossed_count_both()
    {
        var fork = new MergeBase(MergeBaseKind.Fork, new(1, 10), new(0, 10));
        var brought = new MergeBase(MergeBaseKind.Brought, new(0, 20), new(0, 21));
        AssertChosen([fork], fork.Source, MergeBaseFinder.Choose(fork, null, null));
        AssertChosen([brought], brought.Source, MergeBaseFinder.Choose(fork, brought, null));

        var later = new MergeBase(MergeBaseKind.Taken, new(0, 31), new(0, 30));
        AssertChosen([later], brought.Source, MergeBaseFinder.Choose(fork, brought, later));
        var earlier = new MergeBase(MergeBaseKind.Taken, new(0, 16), new(0, 15));
        AssertChosen([brought], brought.Source, MergeBaseFinder.Choose(fork, brought, earlier));
        AssertChosen([earlier], fork.Source, MergeBaseFinder.Choose(fork, null, earlier));

        // Neither knew of the other: the target took the source's 20 while the source took the target's 19.
        var crossed = new MergeBase(MergeBaseKind.Taken, new(0, 22), new(0, 19));
        AssertChosen([brought, crossed], brought.Source, MergeBaseFinder.Choose(fork, brought, crossed));
    }

    static void AssertChosen(MergeBase[] bases, ChainPoint brought, MergeBases chosen)
    {
        Assert.Equal(bases, chosen.Bases);
        Assert.Equal(brought, chosen.Brought);
    }

    static LakeView View(params (int Branch, long Commit)[] levels) =>
        new(LakeRef.Main, levels[0].Branch, "b", IsWritable: false, IsProtected: false, levels[0].Commit, null, [.. levels.Select(level => new BranchLevel(level.Branch, level.Commit))]);
}
