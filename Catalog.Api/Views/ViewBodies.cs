using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Views;

/// <summary>What <c>/api/tables</c> shows of a view, beside what it has in common with tables.</summary>
/// <param name="Definer">Who made the current version the current one.</param>
/// <param name="CurrentVersionId">The current version.</param>
/// <param name="Versions">Versions that are kept, newest first.</param>
/// <param name="Log">Which version was current since when, newest first.</param>
internal sealed record ViewBody(string? Definer, int CurrentVersionId, IReadOnlyList<ViewVersionBody> Versions, IReadOnlyList<ViewLogBody> Log);

/// <summary>A version of a view.</summary>
internal sealed record ViewVersionBody(
    int Id, DateTimeOffset At, bool IsCurrent, IReadOnlyList<ViewQueryBody> Queries, string? DefaultCatalog, string DefaultNamespace, IReadOnlyDictionary<string, string> Summary, IReadOnlyList<ColumnBody> Schema);

/// <summary>The query of a version in one dialect.</summary>
internal sealed record ViewQueryBody(string Dialect, string Sql);

internal sealed record ViewLogBody(DateTimeOffset At, int VersionId);

internal static class ViewBodies
{
    public static TableBody Of(PointerRow pointer, ViewMetadata metadata, CommitSummary commit) => new(
        NamespaceName.FromDatabase(pointer.Namespace).Dotted,
        pointer.Name,
        pointer.TableId,
        metadata.Location,
        pointer.MetadataLocation,
        metadata.FormatVersion,
        Rows: null,
        Files: null,
        Bytes: null,
        metadata.Properties,
        TableViewEndpoints.ColumnsOf(metadata.CurrentSchema),
        [],
        [],
        CurrentSnapshotId: null,
        commit,
        TableFormats.View,
        View: new ViewBody(
            ViewDefiner.Of(pointer),
            metadata.CurrentVersionId,
            metadata.Versions.OrderByDescending(version => version.VersionId).Select(version => Of(version, metadata)).ToList(),
            metadata.VersionLog.Reverse().Select(entry => new ViewLogBody(At(entry.TimestampMs), entry.VersionId)).ToList()));

    static ViewVersionBody Of(ViewVersion version, ViewMetadata metadata) => new(
        version.VersionId,
        At(version.TimestampMs),
        version.VersionId == metadata.CurrentVersionId,
        version.Representations.Select(query => new ViewQueryBody(query.Dialect, query.Sql)).ToList(),
        version.DefaultCatalog,
        DottedName.Join(version.DefaultNamespace),
        version.Summary,
        metadata.Schemas.FirstOrDefault(schema => schema.SchemaId == version.SchemaId) is { } schema ? TableViewEndpoints.ColumnsOf(schema) : []);

    static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
