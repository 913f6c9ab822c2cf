using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Merging;

/// <summary>What a merge does with one thing of the target.</summary>
/// <param name="TableId">Its identity on the target.</param>
/// <param name="Before">What the target sees of it now, a tombstone too; null when it never did.</param>
/// <param name="Next">What it becomes, but for the rows of a rebase.</param>
/// <param name="SourceCommit">The commit that made it so on the source.</param>
internal sealed record MergeStep(Guid TableId, MergeObject? Before, MergeObject Next, long SourceCommit)
{
    /// <summary>The source's state, whose appends go on top of the target's; null when the pointer just moves.</summary>
    public RebaseWork? Rebase { get; init; }

    /// <summary>In a word.</summary>
    public string Action => this switch
    {
        { Rebase: not null } => "rebase",
        { Next.Dropped: true } => "drop",
        { Before: null or { Dropped: true } } => "create",
        _ when !Before.HoldsWhat(Next) => Next.Kind == PointerKind.Namespace ? "properties" : "fast",
        _ when Before.Name != Next.Name => "rename",
        _ => "owner",
    };

    public PointerChange Change(PointerTarget? next) => new(TableId, Before?.PointerId, next)
    {
        IsNewLocation = next is not null && next.Kind is PointerKind.Table or PointerKind.View && (Before is null || Before.Dropped || Before.Is.Figures.Location != next.Figures.Location),
        IsRename = next is not null && Before is { Dropped: false } && Before.Name != next.Name,
        KeepsName = next is not null && Before is { Dropped: false } && Before.Name == next.Name,
        MustBeEmpty = next is null && Next.Kind == PointerKind.Namespace ? NamespaceName.Within(Next.Name.Namespace.Text, Next.Name.Name) : null,
    };
}

/// <summary>Appends that go on top of the target's table.</summary>
internal sealed record RebaseWork(RebaseSides Sides, RebasePlan.Possible Plan, string TargetLocation)
{
    public long Rows => Plan.Snapshots.Sum(snapshot => snapshot.SummaryNumber("added-records") ?? 0);

    public long Files => Plan.Snapshots.Sum(snapshot => snapshot.SummaryNumber("added-data-files") ?? 0);
}

/// <summary>Why a merge can't be made, by thing.</summary>
/// <param name="Kind">table, view, namespace, delta, cursor or items.</param>
/// <param name="TableId">The thing; null for positions.</param>
/// <param name="Namespace">Its namespace, dotted.</param>
/// <param name="Name">Its name; of positions, the scope.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="SourceCommit">The commit that changed it on the source.</param>
/// <param name="TargetCommit">The commit that changed it on the target.</param>
internal sealed record MergeConflict(string Kind, Guid? TableId, string? Namespace, string Name, string Reason, long? SourceCommit, long? TargetCommit)
{
    /// <summary>Of items: those that both have, some of them.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    public static MergeConflict Of(MergeObject thing, string reason, long? source, long? target) =>
        new(KindOf(thing.Kind), thing.TableId, thing.Name.Namespace.Dotted, thing.Name.Name, reason, source, target);

    public static string KindOf(PointerKind kind) => kind switch
    {
        PointerKind.View => "view",
        PointerKind.Namespace => "namespace",
        PointerKind.Delta => "delta",
        _ => "table",
    };
}

/// <summary>What a merge would do, worked out on one state of each side.</summary>
internal sealed record MergePlan(LakeView Source, LakeView Target, MergeBases Bases)
{
    public IReadOnlyList<MergeStep> Steps { get; init; } = [];

    public IReadOnlyList<CursorMove> Cursors { get; init; } = [];

    public IReadOnlyList<NewItem> Items { get; init; } = [];

    /// <summary>Items that the source took back, with the rows that they stood for.</summary>
    public IReadOnlyList<ItemKey> RemovedItems { get; init; } = [];

    public IReadOnlyList<MergeConflict> Conflicts { get; init; } = [];

    public bool IsEmpty => Steps.Count + Cursors.Count + Items.Count + RemovedItems.Count + Conflicts.Count == 0;
}
