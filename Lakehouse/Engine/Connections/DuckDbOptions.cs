namespace Lakehouse.Engine;

/// <summary>How a DuckDB database is opened. Extensions are never loaded or installed by themselves.</summary>
public sealed record DuckDbOptions
{
    /// <summary>File of the database; null (the default) keeps it in memory.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes that DuckDB's buffers may take; null (the default) leaves DuckDB's own default, four fifths of the machine. Text inside of a running operator is not counted.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Threads that work on queries, the caller's one included; null (the default) takes one for each core.</summary>
    public int? Threads { get; init; }

    /// <summary>Folder to spill to; null (the default) spills nothing, and a query that needs to fails with <see cref="EngineErrorKind.OutOfMemory"/>.</summary>
    public string? TempFolder { get; init; }

    /// <summary>Bytes that may be spilled; null (the default) is nine tenths of the free disk.</summary>
    public long? MaxTempSize { get; init; }

    /// <summary>Whether results and files keep the order of their input where the query gives none; true by default. False takes less memory.</summary>
    public bool PreserveInsertionOrder { get; init; } = true;

    /// <summary>Whether <see cref="DuckDbConnection.Progress"/> is kept; false by default.</summary>
    public bool TrackProgress { get; init; }
}
