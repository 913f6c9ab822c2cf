using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Merging;

/// <summary>A named thing in one state of a branch, as a merge compares it.</summary>
/// <param name="TableId">Its identity.</param>
/// <param name="PointerId">The row that says so.</param>
/// <param name="Commit">The commit that made it so.</param>
/// <param name="Dropped">Whether it was dropped; the rest says what it was before.</param>
/// <param name="Is">What it is.</param>
internal sealed record MergeObject(Guid TableId, long PointerId, long Commit, bool Dropped, PointerTarget Is)
{
    public PointerKind Kind => Is.Kind;

    public TableName Name => Is.Name;

    public static MergeObject Of(PointerRow row) => new(row.TableId, row.Id, row.FromCommit, row.Dropped, PointerTarget.Of(row));

    /// <summary>Whether two states hold the same: rows, or properties.</summary>
    public bool HoldsWhat(MergeObject other) => Is.MetadataLocation == other.Is.MetadataLocation && Is.Figures.Location == other.Is.Figures.Location && Is.Properties == other.Is.Properties;

    /// <summary>Whether two states are the same to whoever looks.</summary>
    public bool IsAs(MergeObject other) => HoldsWhat(other) && Name == other.Name && Is.Owner == other.Is.Owner && Dropped == other.Dropped;

    public MergeObject With(TableName name, string? owner) => this with { Is = Is with { Name = name, Owner = owner } };
}
