using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Merging;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Api.Tests.Merging;

/// <summary>What a merge does with one thing.</summary>
public sealed class ThreeWayTests
{
    static readonly Guid Id = Guid.NewGuid();

    [Theory]
    // Both since they parted at 1; what the source holds, what the target holds, and what comes of it.
    [InlineData("1", "1", "nothing")]
    [InlineData("1", "2", "nothing")]
    [InlineData("2", "1", "moves to 2")]
    [InlineData("2", "2", "nothing")]
    [InlineData("2", "3", "rebases or conflicts")]
    [InlineData("-", "1", "drops")]
    [InlineData("-", "2", "conflicts: dropped on the source, changed on the target")]
    [InlineData("-", "-", "nothing")]
    [InlineData("1", "-", "nothing")]
    [InlineData("2", "-", "conflicts: changed on the source, dropped on the target")]
    public void Since_the_two_parted(string source, string target, string expected) =>
        Assert.Equal(expected, Verdict(new MergeCase(Thing(source), Thing(target), Thing("1"), Thing("1"), MergeBaseKind.Fork)));

    [Theory]
    // The source's 2 was merged into the target, which had 3 of its own: 3' has both.
    [InlineData("2", "3'", "nothing")]
    [InlineData("2", "4", "nothing")]
    [InlineData("5", "3'", "rebases or conflicts")]
    [InlineData("-", "3'", "conflicts: dropped on the source, which did not have all that the target has")]
    public void After_a_merge_that_rebased(string source, string target, string expected) =>
        Assert.Equal(expected, Verdict(new MergeCase(Thing(source), Thing(target), Thing("2"), Thing("3'"), MergeBaseKind.Brought)));

    [Theory]
    // The target's 3 was merged into the source, which had 2 of its own: 2' has both, and may take the target's place.
    [InlineData("2'", "3", "rebases or moves to 2'")]
    [InlineData("3", "3", "nothing")]
    [InlineData("5", "3", "rebases or moves to 5")]
    [InlineData("5", "4", "rebases or conflicts")]
    [InlineData("-", "3", "drops")]
    public void After_a_merge_the_other_way_round(string source, string target, string expected) =>
        Assert.Equal(expected, Verdict(new MergeCase(Thing(source), Thing(target), Thing("2'"), Thing("3"), MergeBaseKind.Taken)));

    [Fact]
    public void What_was_held_on_the_way_tells_whose_is_newer()
    {
        var item = new MergeCase(Thing("5"), Thing("3"), Thing("1"), Thing("1"), MergeBaseKind.Fork);
        Assert.Equal("moves to 5", Verdict(item, sourceHeld: held => held == "3"));
        Assert.Equal("nothing", Verdict(item, targetHeld: held => held == "5"));
    }

    [Fact]
    public void Names_owners_and_rows_are_merged_one_by_one()
    {
        var before = Thing("1");
        var renamed = before with { Is = before.Is with { Name = before.Is.Name with { Name = "new" } } };
        var both = Assert.IsType<MergeVerdict.Moves>(Of(new MergeCase(renamed, Thing("2"), before, before, MergeBaseKind.Fork)));
        Assert.Equal(("new", "2"), (both.Next.Name.Name, both.Next.Is.MetadataLocation));
        var owned = before with { Is = before.Is with { Owner = "anna" } };
        both = Assert.IsType<MergeVerdict.Moves>(Of(new MergeCase(owned, renamed, before, before, MergeBaseKind.Fork)));
        Assert.Equal(("new", "anna"), (both.Next.Name.Name, both.Next.Is.Owner));
        var other = before with { Is = before.Is with { Name = before.Is.Name with { Name = "other" } } };
        Assert.Equal("conflicts: renamed on both sides", Verdict(new MergeCase(renamed, other, before, before, MergeBaseKind.Fork)));
        Assert.Equal("nothing", Verdict(new MergeCase(renamed, renamed, before, before, MergeBaseKind.Fork)));
    }

    [Fact]
    public void Namespaces_are_the_same_when_their_properties_are()
    {
        MergeObject Space(string properties) => Thing("") with { Is = Thing("").Is with { Kind = PointerKind.Namespace, Properties = properties } };
        Assert.Equal("nothing", Verdict(new MergeCase(Space("{}"), Space("{}"), null, null, MergeBaseKind.Fork)));
        Assert.Equal("conflicts: its properties were changed on both sides", Verdict(new MergeCase(Space("{1}"), Space("{2}"), null, null, MergeBaseKind.Fork)));
        Assert.Equal("moves to ", Verdict(new MergeCase(Space("{1}"), Space("{}"), Space("{}"), Space("{}"), MergeBaseKind.Fork)));
    }

    static MergeVerdict Of(MergeCase item, Func<string, bool>? sourceHeld = null, Func<string, bool>? targetHeld = null) => ThreeWay.Of(
        item, sourceHeld ?? (held => held == item.SourceBase?.Is.MetadataLocation), targetHeld ?? (held => held == item.TargetBase?.Is.MetadataLocation));

    static string Verdict(MergeCase item, Func<string, bool>? sourceHeld = null, Func<string, bool>? targetHeld = null) => Text(Of(item, sourceHeld, targetHeld));

    static string Text(MergeVerdict verdict) => verdict switch
    {
        MergeVerdict.Moves { Next.Dropped: true } => "drops",
        MergeVerdict.Moves moves => "moves to " + moves.Next.Is.MetadataLocation,
        MergeVerdict.Rebases { Otherwise: MergeVerdict.Conflicts } => "rebases or conflicts",
        MergeVerdict.Rebases rebases => "rebases or " + Text(rebases.Otherwise),
        MergeVerdict.Conflicts refused => "conflicts: " + refused.Reason,
        _ => "nothing",
    };

    /// <summary>A table that holds this; "-" is one that was dropped.</summary>
    static MergeObject Thing(string held) => new(
        Id, PointerId: 1, Commit: 1, Dropped: held == "-", new PointerTarget(new TableName(NamespaceName.Parse(["gold"]), "t"), held == "-" ? "1" : held, new TableFigures("l", 2, null, 0, 0, 0)) { Owner = "bert" });
}
