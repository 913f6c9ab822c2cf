using System.Text.Json;

namespace Lakehouse.Formats.Delta.Actions;

/// <summary>One action of a Delta log (PROTOCOL.md, "Actions"). Times are milliseconds since 1970-01-01 UTC, sizes bytes.</summary>
public abstract record DeltaAction;

/// <summary>An action on a logical file: a data file with the rows that its deletion vector leaves.</summary>
public abstract record FileAction : DeltaAction
{
    /// <summary>Path as it stands in the log: relative to the table or absolute, percent-encoded (RFC 2396).</summary>
    public required string Path { get; init; }

    /// <summary>Whether rows of the table change; false when the commit only rearranges them.</summary>
    public bool DataChange { get; init; }

    /// <summary>The rows that are deleted; null when none is.</summary>
    public DeletionVectorDescriptor? DeletionVector { get; init; }

    /// <summary>Tags; null when absent.</summary>
    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    /// <summary>Row id of the first row; null when absent (PROTOCOL.md, "Row Tracking").</summary>
    public long? BaseRowId { get; init; }

    /// <summary>First commit in which the file was added; null when absent.</summary>
    public long? DefaultRowCommitVersion { get; init; }

    /// <summary>Statistics as JSON text; null when absent (PROTOCOL.md, "Per-file Statistics").</summary>
    public string? Stats { get; init; }
}

/// <summary>Adds a logical file ("add").</summary>
public sealed record AddFile : FileAction
{
    /// <summary>Partition values by physical column name, serialised; null is a null value.</summary>
    public required IReadOnlyDictionary<string, string?> PartitionValues { get; init; }

    /// <summary>Bytes of the data file.</summary>
    public required long Size { get; init; }

    /// <summary>When the file was created.</summary>
    public required long ModificationTime { get; init; }

    /// <summary>What clustered the file; null when nothing did.</summary>
    public string? ClusteringProvider { get; init; }
}

/// <summary>Removes a logical file ("remove"); it stays as a tombstone until it expires.</summary>
public sealed record RemoveFile : FileAction
{
    /// <summary>When it was removed; null when absent.</summary>
    public long? DeletionTimestamp { get; init; }

    /// <summary>Whether <see cref="PartitionValues"/> and <see cref="Size"/> are given; null when absent.</summary>
    public bool? ExtendedFileMetadata { get; init; }

    /// <summary>As in <see cref="AddFile"/>; null when absent.</summary>
    public IReadOnlyDictionary<string, string?>? PartitionValues { get; init; }

    /// <summary>Bytes of the data file; null when absent.</summary>
    public long? Size { get; init; }
}

/// <summary>Adds a file of changed rows ("cdc").</summary>
/// <param name="Path">As in <see cref="FileAction.Path"/>.</param>
/// <param name="PartitionValues">As in <see cref="AddFile"/>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Tags">Tags; null when absent.</param>
public sealed record AddCdcFile(string Path, IReadOnlyDictionary<string, string?> PartitionValues, long Size, IReadOnlyDictionary<string, string?>? Tags = null) : DeltaAction;

/// <summary>Identifies how far an application has written ("txn").</summary>
/// <param name="AppId">The application.</param>
/// <param name="Version">How far it is, in its own count.</param>
/// <param name="LastUpdated">When the action was made; null when absent.</param>
public sealed record TransactionAction(string AppId, long Version, long? LastUpdated = null) : DeltaAction;

/// <summary>Configuration of a named domain ("domainMetadata").</summary>
/// <param name="Domain">Its name.</param>
/// <param name="Configuration">Its configuration, any text.</param>
/// <param name="Removed">Whether the domain is removed by this action.</param>
public sealed record DomainMetadata(string Domain, string Configuration, bool Removed = false) : DeltaAction;

/// <summary>Where a commit comes from ("commitInfo"). Its fields are free; all are kept in <see cref="Json"/>.</summary>
/// <param name="Json">The whole object.</param>
public sealed record CommitInfo(JsonElement Json) : DeltaAction
{
    /// <summary>What was done, for instance <c>WRITE</c>; null when absent.</summary>
    public string? Operation => Text("operation");

    /// <summary>The writer's clock; null when absent.</summary>
    public long? Timestamp => Number("timestamp");

    /// <summary>The time of the commit where in-commit timestamps are enabled; null when absent.</summary>
    public long? InCommitTimestamp => Number("inCommitTimestamp");

    /// <summary>The software that wrote the commit; null when absent.</summary>
    public string? EngineInfo => Text("engineInfo");

    string? Text(string name)
    {
        try
        {
            return Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // What a commit says of itself is free, and a text that is none hinders nobody.
            return null;
        }
    }

    long? Number(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}

/// <summary>A file of file actions that belongs to a checkpoint ("sidecar").</summary>
/// <param name="Path">Its name in <c>_delta_log/_sidecars</c>, percent-encoded, or a whole location.</param>
/// <param name="SizeInBytes">Bytes.</param>
/// <param name="ModificationTime">When it was created.</param>
/// <param name="Tags">Tags; null when absent.</param>
public sealed record SidecarAction(string Path, long SizeInBytes, long ModificationTime, IReadOnlyDictionary<string, string?>? Tags = null) : DeltaAction;

/// <summary>Says that a checkpoint follows the V2 specification ("checkpointMetadata").</summary>
/// <param name="Version">Version of the table.</param>
/// <param name="Tags">Tags; null when absent.</param>
public sealed record CheckpointMetadata(long Version, IReadOnlyDictionary<string, string?>? Tags = null) : DeltaAction;
