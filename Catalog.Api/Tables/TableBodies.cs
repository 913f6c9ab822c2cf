using LakeAspire.Catalog.History;

namespace LakeAspire.Catalog.Tables;

internal sealed record TableListBody(IReadOnlyList<TableSummaryBody> Tables);

internal sealed record TableSummaryBody(
    string Namespace, string Name, Guid Id, long? Rows, long? Files, long? Bytes, int FormatVersion, CommitSummary? LastCommit, string Format = TableFormats.Iceberg, string? Location = null);

internal sealed record ColumnBody(int Id, string Name, string Type, bool Required, string? Doc);

internal sealed record PartitionFieldBody(string Name, string Transform, string Source);

internal sealed record SortFieldBody(string Source, string Transform, string Direction, string NullOrder);

/// <summary>A table in full. Ids of snapshots are text: they exceed what JavaScript's numbers hold.</summary>
internal sealed record TableBody(
    string Namespace,
    string Name,
    Guid Id,
    string Location,
    string MetadataLocation,
    int FormatVersion,
    long? Rows,
    long? Files,
    long? Bytes,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyList<ColumnBody> Schema,
    IReadOnlyList<PartitionFieldBody> PartitionSpec,
    IReadOnlyList<SortFieldBody> SortOrder,
    string? CurrentSnapshotId,
    CommitSummary? LastCommit,
    string Format = TableFormats.Iceberg,
    Publications.PublicationBody? Publication = null,
    Views.ViewBody? View = null);

/// <summary>Which format a table has: <c>iceberg</c>, <c>delta</c> for one that others write and that is read in place, or <c>view</c>.</summary>
internal static class TableFormats
{
    public const string Iceberg = "iceberg";
    public const string Delta = "delta";
    public const string View = "view";

    public static string Of(Database.PointerKind kind) => kind switch
    {
        Database.PointerKind.Delta => Delta,
        Database.PointerKind.View => View,
        _ => Iceberg,
    };
}

internal sealed record SnapshotBody(
    string Id, string? ParentId, long SequenceNumber, DateTimeOffset At, string? Operation, IReadOnlyDictionary<string, string> Summary, bool IsCurrent);

internal sealed record SnapshotListBody(IReadOnlyList<SnapshotBody> Snapshots);

internal sealed record FileBody(string Path, string Format, string Content, IReadOnlyDictionary<string, string?> Partition, long Rows, long Bytes);

internal sealed record FileListBody(IReadOnlyList<FileBody> Files, long Total);

internal sealed record PartitionBody(IReadOnlyDictionary<string, string?> Partition, long Rows, long Files, long Bytes);

internal sealed record PartitionListBody(IReadOnlyList<PartitionBody> Partitions);

internal sealed record ColumnStatisticsBody(int Id, string Name, string Type, long? Values, long? Nulls, long? Nans, string? Lower, string? Upper, long? Bytes);

internal sealed record StatisticsBody(IReadOnlyList<ColumnStatisticsBody> Columns);
