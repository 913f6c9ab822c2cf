using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Delta;

/// <summary>What the rows of a file mean in a change data feed.</summary>
public enum DeltaChangeKind
{
    /// <summary>Inserted rows.</summary>
    Insert,

    /// <summary>Deleted rows.</summary>
    Delete,

    /// <summary>The file itself says of each row, in its column <c>_change_type</c>.</summary>
    Recorded,
}

/// <summary>Rows of a file that changed in one commit.</summary>
/// <param name="File">The file.</param>
/// <param name="Kind">What happened to the rows.</param>
/// <param name="Version">Version of the commit.</param>
/// <param name="Time">Time of the commit.</param>
/// <param name="Only">Only rows of this vector; null takes all.</param>
/// <param name="Without">Not the rows of this vector.</param>
public sealed record DeltaChangeFile(DeltaFile File, DeltaChangeKind Kind, long Version, DateTimeOffset Time, DeletionVectorDescriptor? Only, DeletionVectorDescriptor? Without);
