using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>How sessions work.</summary>
public sealed record SessionOptions
{
    /// <summary>Name of the database that the lake is to SQL; <c>lake</c> by default.</summary>
    public string Database { get; init; } = "lake";

    /// <summary>Namespace of names without one; <c>main</c> by default.</summary>
    public string DefaultSchema { get; init; } = "main";

    /// <summary>Who commits: a service's or a person's name.</summary>
    public string Author { get; init; } = "lakeaspire";

    /// <summary>What commits are for, for people; null = the statement that makes them.</summary>
    public string? Message { get; init; }

    /// <summary>Run of a pipeline that commits belong to.</summary>
    public long? RunId { get; init; }

    /// <summary>Attempt of that run.</summary>
    public int? RunAttempt { get; init; }

    /// <summary>Further members of the summary of every snapshot that is made.</summary>
    public IReadOnlyDictionary<string, string> Summary { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether others write to the branch too, so that it is looked at again before each statement. False for a branch that is these sessions' own.</summary>
    public bool IsShared { get; init; } = true;

    /// <summary>Bytes of memory for the engine of each session; null leaves DuckDB's own default.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Threads of the engine of each session; null takes one for each core.</summary>
    public int? Threads { get; init; }

    /// <summary>Folder to spill to; null spills nothing.</summary>
    public string? ScratchFolder { get; init; }

    /// <summary>Data files from which on a statement is planned first, so that only files are opened that it needs; 8 by default.</summary>
    public int PruneFrom { get; init; } = 8;

    /// <summary>Layout of a table that a statement creates or replaces; null for none of its own.</summary>
    public Func<TableIdentifier, TableLayout?>? LayoutOf { get; init; }
}
