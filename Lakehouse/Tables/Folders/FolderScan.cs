namespace Lakehouse.Tables.Folders;

/// <summary>What a scan reads.</summary>
public sealed record FolderScanRequest
{
    /// <summary>At which state.</summary>
    public TablePoint At { get; init; } = TablePoint.Newest;

    /// <summary>A filter in DuckDB's SQL, by which files are left out. The query applies it again.</summary>
    public string? Where { get; init; }

    /// <summary>Metadata columns that the relation has besides the table's own, for instance <c>_file</c> and <c>_row_id</c>.</summary>
    public IReadOnlyList<string> MetadataColumns { get; init; } = [];

    /// <summary>Iceberg: only rows that were appended after this snapshot.</summary>
    public long? AppendsAfter { get; init; }
}

/// <summary>Which changes are read.</summary>
public sealed record FolderChangesRequest
{
    /// <summary>Iceberg: the snapshot after which changes count, null = from the beginning. Delta: the first version whose changes count.</summary>
    public TablePoint? From { get; init; }

    /// <summary>The last state whose changes count.</summary>
    public TablePoint To { get; init; } = TablePoint.Newest;

    /// <summary>Columns that name a row: a delete and an insert of one key in one commit become an update, before and after. Empty: they stay what they are.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether changes that others undo later are left out.</summary>
    public bool Net { get; init; }
}

/// <summary>A scan that is planned.</summary>
/// <param name="Sql">The relation, to stand after FROM.</param>
/// <param name="Files">Data files that it opens.</param>
/// <param name="AllFiles">Data files of that state.</param>
public sealed record FolderScan(string Sql, int Files, int AllFiles);
