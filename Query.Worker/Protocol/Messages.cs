using System.Text.Json.Serialization;

namespace LakeAspire.Query.Worker.Protocol;

/// <summary>How a result is encoded.</summary>
internal enum ResultFormat
{
    /// <summary>The beginning of a JSON object, up to the end of the last row: the API closes it.</summary>
    Json,

    /// <summary>A JSON object in each line.</summary>
    Ndjson,

    /// <summary>RFC 4180 with a header line.</summary>
    Csv,

    /// <summary>A Parquet file.</summary>
    Parquet,
}

/// <summary>A table or view that the query may read.</summary>
/// <param name="Schema">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Relation">SQL of the relation over exactly its files, or of the view over relations before it; ours, not the caller's.</param>
internal sealed record TableView(string Schema, string Name, string Relation)
{
    /// <summary>The catalog that it lies in. The query's own names lead to <c>lake</c>.</summary>
    public string Catalog { get; init; } = "lake";

    /// <summary>The columns that it must have; null when that is not known.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>What is said when it cannot be made; null when DuckDB's own words will do.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether DuckDB's words may follow <see cref="Fault"/>: they may quote what the caller must not see.</summary>
    public bool TellsWhy { get; init; }
}

/// <summary>A query, and all that it may use.</summary>
internal sealed record QueryOrder
{
    /// <summary>The caller's SELECT, checked by the API.</summary>
    public required string Sql { get; init; }

    public required ResultFormat Format { get; init; }

    public required IReadOnlyList<TableView> Tables { get; init; }

    /// <summary>The only files that may be opened.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>A folder of this query's own, to spill to and for a Parquet result.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes for DuckDB's buffers.</summary>
    public required long MemoryLimit { get; init; }

    /// <summary>Bytes for the process as a whole, which the system enforces where it can; 0 for none.</summary>
    public long ProcessMemoryLimit { get; init; }

    /// <summary>Bytes that may be spilled.</summary>
    public required long MaxTempSize { get; init; }

    public required int Threads { get; init; }

    public required long MaxRows { get; init; }

    public required long MaxBytes { get; init; }

    /// <summary>What is said of each table beside the plan, when the plan is asked for and not the rows; null otherwise.</summary>
    public IReadOnlyList<string>? ExplainNotes { get; init; }

    /// <summary>Whether DuckDB's own plan is shown with them.</summary>
    public bool ShowsPlan { get; init; } = true;

    /// <summary>Optimizers to do without, separated by commas.</summary>
    public string? DisabledOptimizers { get; init; }

    /// <summary>What is said instead of DuckDB's words when the query fails over values, which the caller may not be meant to see; null when DuckDB's words will do.</summary>
    public string? Withheld { get; init; }
}

/// <summary>A query to be planned over empty tables, so that the API learns what it needs of them.</summary>
internal sealed record PlanOrder
{
    /// <summary>Makes the tables; ours, not the caller's.</summary>
    public required string Setup { get; init; }

    /// <summary>The caller's SELECT, checked by the API.</summary>
    public required string Sql { get; init; }

    /// <summary>Bytes for DuckDB's buffers.</summary>
    public required long MemoryLimit { get; init; }

    /// <summary>Bytes for the process as a whole, which the system enforces where it can; 0 for none.</summary>
    public long ProcessMemoryLimit { get; init; }
}

/// <summary>The end of a result.</summary>
/// <param name="Rows">Rows in it.</param>
/// <param name="Truncated">Whether there were more, and a limit kept them out.</param>
internal sealed record QuerySummary(long Rows, bool Truncated);

/// <summary>Why a query failed.</summary>
internal enum FailureKind
{
    /// <summary>The text is not SQL.</summary>
    Syntax,

    /// <summary>Names, types or values do not fit.</summary>
    Bind,

    /// <summary>The lock-down forbids it.</summary>
    Denied,

    /// <summary>Memory or temporary space does not suffice, or a result that cannot be cut is too large.</summary>
    Limit,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>Something else; the message is for the log, not for the caller.</summary>
    Internal,
}

/// <summary>A failed query.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">What DuckDB says.</param>
internal sealed record QueryFailure(FailureKind Kind, string Message);

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(QueryOrder))]
[JsonSerializable(typeof(PlanOrder))]
[JsonSerializable(typeof(QuerySummary))]
[JsonSerializable(typeof(QueryFailure))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
