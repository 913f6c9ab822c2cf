using System.Text.Json;
using System.Text.Json.Serialization;

namespace LakeAspire.Portal.Lake;

// What the catalog's /api answers, as far as the portal shows it. Public, since the classes of Razor components are, and take these as parameters.

public sealed record LastCommit(long Id, DateTimeOffset At, string? Author, string? Message, long? RunId);

public sealed record TableEntry(string Namespace, string Name, string? Id, long? Rows, long? Files, long? Bytes, int FormatVersion, LastCommit? LastCommit, string? Format = null)
{
    /// <summary>The branch or tag that was asked; null = main.</summary>
    [JsonIgnore]
    public string? Branch { get; init; }

    [JsonIgnore]
    public TableName FullName => new(Namespace, Name, Branch);

    [JsonIgnore]
    public bool IsView => Format == "view";
}

public sealed record TableList(IReadOnlyList<TableEntry> Tables);

public sealed record SchemaField(int Id, string Name, string Type, bool Required, string? Doc);

public sealed record PartitionField(string Name, string Transform, string Source);

public sealed record SortField(string Transform, string Source, string Direction, string NullOrder);

public sealed record TableDetail(
    string Namespace, string Name, string? Id, string? Location, string? MetadataLocation, int FormatVersion, long? Rows, long? Files, long? Bytes,
    IReadOnlyDictionary<string, string>? Properties, IReadOnlyList<SchemaField> Schema, IReadOnlyList<PartitionField>? PartitionSpec,
    IReadOnlyList<SortField>? SortOrder, string? CurrentSnapshotId, LastCommit? LastCommit, string? Format = null, Publication? Publication = null, ViewDetail? View = null)
{
    /// <summary>Whether it is a Delta table that others write, of which the catalog knows the place alone.</summary>
    public bool IsDelta => Format == "delta";

    public bool IsView => View is not null;
}

/// <summary>What a view says, and said.</summary>
public sealed record ViewDetail(string? Definer, int CurrentVersionId, IReadOnlyList<ViewVersion> Versions, IReadOnlyList<ViewLogEntry>? Log)
{
    [JsonIgnore]
    public ViewVersion? Current => Versions.FirstOrDefault(version => version.IsCurrent);
}

public sealed record ViewVersion(
    int Id, DateTimeOffset At, bool IsCurrent, IReadOnlyList<ViewQuery> Queries, string? DefaultCatalog, string? DefaultNamespace, IReadOnlyDictionary<string, string>? Summary, IReadOnlyList<SchemaField>? Schema);

public sealed record ViewQuery(string Dialect, string Sql);

public sealed record ViewLogEntry(DateTimeOffset At, int VersionId);

/// <summary>What an engine reported of its use of a table.</summary>
public sealed record MetricsReport(
    long Id, DateTimeOffset At, string Principal, string? Branch, string Kind, string SnapshotId, string? Operation, long? SequenceNumber, string? Filter, IReadOnlyList<string>? Columns,
    IReadOnlyList<ReportedMetric> Metrics, IReadOnlyDictionary<string, string>? Metadata);

public sealed record ReportedMetric(string Name, long Value, string Unit, long? Count);

public sealed record MetricsReportList(IReadOnlyList<MetricsReport> Reports);

/// <summary>How far a table is published as Delta.</summary>
public sealed record Publication(
    string State, string? Reason, long? Version, string? SnapshotId, long? SequenceNumber, long? CurrentSequenceNumber, IReadOnlyList<string>? LeftOut, DateTimeOffset? UpdatedAt)
{
    /// <summary>Commits that Delta readers don't see yet; null when it can't be told.</summary>
    public long? Lag => CurrentSequenceNumber is { } current ? current - (SequenceNumber ?? 0) : null;
}

public sealed record Snapshot(
    string Id, string? ParentId, long SequenceNumber, DateTimeOffset At, string? Operation, IReadOnlyDictionary<string, string>? Summary, bool IsCurrent);

public sealed record SnapshotList(IReadOnlyList<Snapshot> Snapshots);

public sealed record TableFile(string Path, string Format, string? Content, IReadOnlyDictionary<string, JsonElement>? Partition, long Rows, long Bytes);

public sealed record FileList(IReadOnlyList<TableFile> Files, long Total);

public sealed record TablePartition(IReadOnlyDictionary<string, JsonElement>? Partition, long Rows, long Files, long Bytes);

public sealed record PartitionList(IReadOnlyList<TablePartition> Partitions);

public sealed record ColumnStatistics(int Id, string Name, string Type, long? Values, long? Nulls, long? Nans, string? Lower, string? Upper, long? Bytes);

public sealed record StatisticsList(IReadOnlyList<ColumnStatistics> Columns);

public sealed record Commit(long Id, DateTimeOffset At, string? Branch, string? Author, string? Message, long? RunId, IReadOnlyList<TableName>? Tables);

public sealed record CommitList(IReadOnlyList<Commit> Commits);

public sealed record Model(
    string Name, string Namespace, string? Materialized, IReadOnlyList<string>? DependsOn, string? Path, string? RawSql, string? Description);

public sealed record Project(string Name, DateTimeOffset? UpdatedAt, IReadOnlyList<Model> Models, IReadOnlyList<TableName>? Sources);

public sealed record ProjectList(IReadOnlyList<Project> Projects);

public sealed record RunNode(
    string Model, string State, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? Rows, string? Error, string? CompiledSql);

public sealed record Run(
    long Id, string Pipeline, string State, string? Trigger, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    long? CommitId, string? Error, int Attempt, IReadOnlyList<RunNode>? Nodes)
{
    [JsonIgnore]
    public bool IsActive => State is "queued" or "running";
}

public sealed record RunList(IReadOnlyList<Run> Runs);

public sealed record RunRequest(string Pipeline, string Trigger);

/// <summary>Problem details, and what of Iceberg's error body matters here.</summary>
public sealed record Problem(string? Title, string? Detail, string? Type, string? ErrorId);

public sealed record UpkeepWish(string? Table, bool DryRun);

public sealed record UpkeepAct(
    Guid Id, string Namespace, string Table, string Act, string State, string Reason, IReadOnlyDictionary<string, JsonElement>? Details, string? Error, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

public sealed record UpkeepActList(IReadOnlyList<UpkeepAct> Acts);

public sealed record UpkeepRequest(long Id, string? Table, bool DryRun, string State, string? Error, IReadOnlyList<UpkeepAct> Acts);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TableList))]
[JsonSerializable(typeof(TableDetail))]
[JsonSerializable(typeof(SnapshotList))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(PartitionList))]
[JsonSerializable(typeof(StatisticsList))]
[JsonSerializable(typeof(CommitList))]
[JsonSerializable(typeof(MetricsReportList))]
[JsonSerializable(typeof(ProjectList))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(UpkeepActList))]
[JsonSerializable(typeof(UpkeepRequest))]
[JsonSerializable(typeof(UpkeepWish))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(LineageGraph))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class LakeJson : JsonSerializerContext;
