using Lakehouse.Formats.Delta;

namespace Lakehouse.Engine.Delta;

/// <summary>What to read of a Delta table.</summary>
/// <param name="Snapshot">The version, with the schema to read by.</param>
/// <param name="Files">Exactly the files to read.</param>
public sealed record DeltaScan(DeltaSnapshot Snapshot, IReadOnlyList<DeltaFile> Files)
{
    /// <summary>Metadata columns to give after the table's own; see <see cref="DeltaMetadataColumns"/>.</summary>
    public IReadOnlyList<string> MetadataColumns { get; init; } = [];

    /// <summary>Whether the functions that the relation needs are registered with the database that it is built with. Off for a relation that only other databases read.</summary>
    public bool RegistersInputs { get; init; } = true;
}

/// <summary>Names of the columns that a Delta table has beside its own (PROTOCOL.md, "Row Tracking").</summary>
public static class DeltaMetadataColumns
{
    /// <summary>Stable id of the row (bigint).</summary>
    public const string RowId = "_row_id";

    /// <summary>Version in which the row was inserted or last updated (bigint).</summary>
    public const string RowCommitVersion = "_row_commit_version";

    /// <summary>Location of the data file (text).</summary>
    public const string File = "_file";

    /// <summary>Position of the row in its file, from 0 (bigint).</summary>
    public const string Position = "_pos";
}
