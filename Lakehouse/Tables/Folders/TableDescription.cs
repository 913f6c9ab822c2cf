namespace Lakehouse.Tables.Folders;

/// <summary>What a table is.</summary>
public sealed record TableDescription
{
    /// <summary>Its format, with the version of the format: for instance <c>Iceberg v2</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Folder, as it was opened.</summary>
    public required string Location { get; init; }

    /// <summary>The id that the table gives itself.</summary>
    public required string Id { get; init; }

    /// <summary>Current snapshot id or version; null for a table without any.</summary>
    public long? Current { get; init; }

    /// <summary>When that was committed.</summary>
    public DateTimeOffset? LastCommit { get; init; }

    /// <summary>Columns; those of structs below them, with dotted names.</summary>
    public required IReadOnlyList<DescribedColumn> Columns { get; init; }

    /// <summary>How rows are partitioned, a line for each field.</summary>
    public IReadOnlyList<string> Partitioning { get; init; } = [];

    /// <summary>How rows are sorted or clustered.</summary>
    public IReadOnlyList<string> Sorting { get; init; } = [];

    /// <summary>Properties.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Features of the format that the table uses, in its own words.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Branches and tags.</summary>
    public IReadOnlyList<string> Refs { get; init; } = [];

    /// <summary>Commits that can still be read.</summary>
    public int Snapshots { get; init; }

    /// <summary>Rows, deleted ones not counted where that is known; null when the metadata doesn't say.</summary>
    public long? Rows { get; init; }

    /// <summary>Data files of the current state.</summary>
    public long DataFiles { get; init; }

    /// <summary>Bytes of those.</summary>
    public long DataBytes { get; init; }

    /// <summary>Delete files and deletion vectors of the current state.</summary>
    public long DeleteFiles { get; init; }
}

/// <summary>A column.</summary>
/// <param name="Name">Dotted name.</param>
/// <param name="Type">Type, in the words of the format.</param>
/// <param name="Required">Whether it is never null.</param>
/// <param name="Id">Field id, where it has one.</param>
/// <param name="Comment">What it is.</param>
public sealed record DescribedColumn(string Name, string Type, bool Required, int? Id, string? Comment);

/// <summary>A commit of a table.</summary>
/// <param name="Id">Snapshot id or version.</param>
/// <param name="Parent">The one before it; null for the first, and for Delta.</param>
/// <param name="At">When.</param>
/// <param name="Operation">What was done, in the words of the writer.</param>
/// <param name="IsCurrent">Whether the newest state stands on it.</param>
/// <param name="Refs">Branches and tags that point to it.</param>
/// <param name="Summary">What the writer says of it.</param>
public sealed record TableCommitEntry(
    long Id, long? Parent, DateTimeOffset At, string Operation, bool IsCurrent, IReadOnlyList<string> Refs, IReadOnlyDictionary<string, string> Summary);

/// <summary>Something that is wrong with a table.</summary>
/// <param name="Kind">What.</param>
/// <param name="Location">Which file.</param>
/// <param name="Message">In words.</param>
public sealed record TableFault(TableFaultKind Kind, string Location, string Message);

/// <summary>Kinds of faults of a table.</summary>
public enum TableFaultKind
{
    /// <summary>A file that the table refers to does not exist.</summary>
    Missing,

    /// <summary>A file is not what the metadata says: its size, its rows, its statistics.</summary>
    Different,

    /// <summary>A file that can't be read.</summary>
    Unreadable,

    /// <summary>A file of the table's folder that nothing refers to.</summary>
    Orphan,
}
