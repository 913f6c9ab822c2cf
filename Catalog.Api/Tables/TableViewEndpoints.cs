using System.Globalization;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Publications;
using LakeAspire.Catalog.Views;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Tables;

/// <summary><c>/api/tables</c>: what people look at.</summary>
internal static class TableViewEndpoints
{
    const string Table = "/api/tables/{ns}/{name}";

    /// <summary>How figures in summaries of snapshots begin.</summary>
    static readonly string[] Figures = ["added-", "deleted-", "removed-", "replaced-", "total-", "changed-", "manifests-", "entries-", "partition"];

    public static void MapTableViews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/tables", async (LakeView view, Caller caller, IAccess access, CatalogReads reads, WithheldMessages messages, CancellationToken cancellationToken) =>
        {
            var rows = await reads.QueryAsync(
                db => TableLookup.Seen(db, view, "p.kind <> 2").Join(db.Commits, p => p.FromCommit, c => c.Id, (p, c) => new { Pointer = p, Commit = c })
                    .OrderBy(r => r.Pointer.Namespace).ThenBy(r => r.Pointer.Name).ToListAsync(cancellationToken),
                cancellationToken);
            var rights = await access.RightsAsync(caller, cancellationToken);
            var seen = rows.Where(r => rights.May(Privilege.Describe, r.Pointer.AsSecurable(), view.Branch)).ToList();
            var withheld = await messages.OfAsync(rights, view, seen.Select(r => r.Commit.Id), cancellationToken);
            var hidden = await access.WithHiddenAsync(caller, seen.Select(r => r.Pointer.TableId), cancellationToken);
            return Results.Json(new TableListBody(seen.ConvertAll(r =>
            {
                var body = SummaryOf(r.Pointer, CommitSummary.Of(r.Commit).Without(withheld));
                return hidden.Contains(r.Pointer.TableId) ? body with { Rows = null, Files = null, Bytes = null } : body;
            })));
        }).ForPrincipals();

        routes.MapGet(Table, async (
            LakeView view, string ns, string name, Caller caller, IAccess access, TableLookup lookup, MetadataFiles files, CatalogReads reads, WithheldMessages messages, CancellationToken cancellationToken) =>
        {
            var rights = await access.RightsAsync(caller, cancellationToken);
            Task<IReadOnlySet<long>> WithheldAsync(long commit) => messages.OfAsync(rights, view, [commit], cancellationToken);
            switch (await lookup.FindAsync(view, TableName.Parse(NamespaceName.ParseDotted(ns), name), cancellationToken))
            {
                case { Kind: PointerKind.Delta } delta:
                    return Results.Json(BodyOf(delta));
                case { Kind: PointerKind.View } found:
                    var made = await reads.QueryAsync(db => db.Commits.FirstAsync(c => c.Id == found.FromCommit, cancellationToken), cancellationToken);
                    return Results.Json(ViewBodies.Of(found, await files.ReadViewAsync(found.MetadataLocation, cancellationToken), CommitSummary.Of(made).Without(await WithheldAsync(made.Id))));
            }

            var (pointer, metadata) = await ReadAsync(view, ns, name, lookup, files, cancellationToken);
            var (commit, publication) = await reads.QueryAsync(
                async db => (await db.Commits.FirstAsync(c => c.Id == pointer.FromCommit, cancellationToken), await db.Publications.FirstOrDefaultAsync(p => p.TableId == pointer.TableId, cancellationToken)),
                cancellationToken);
            var body = BodyOf(pointer, metadata, CommitSummary.Of(commit).Without(await WithheldAsync(commit.Id))) with { Publication = PublicationOf(publication, pointer, metadata) };
            return Results.Json(await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is null ? body : body with { Rows = null, Files = null, Bytes = null });
        }).OnTable(Privilege.Describe);

        routes.MapGet(Table + "/snapshots", async (string ns, string name, LakeView view, Caller caller, IAccess access, TableLookup lookup, MetadataFiles files, CancellationToken cancellationToken) =>
        {
            var (pointer, metadata) = await ReadAsync(view, ns, name, lookup, files, cancellationToken);
            var isBound = await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not null;
            return Results.Json(new SnapshotListBody(metadata.Snapshots.Select(s => BodyOf(isBound ? s with { Summary = WithoutFigures(s.Summary) } : s, metadata)).Reverse().ToList()));
        }).OnTable(Privilege.Describe);

        routes.MapGet(Table + "/files", async (
            string ns, string name, int? limit, int? offset, LakeView view, TableLookup lookup, MetadataFiles files, ManifestViews views, CancellationToken cancellationToken) =>
        {
            var count = ApiBodies.Limit(limit, standard: 100);
            var (_, metadata) = await ReadAsync(view, ns, name, lookup, files, cancellationToken);
            return Results.Json(await views.FilesAsync(metadata, offset is >= 0 or null ? offset ?? 0 : throw CatalogErrors.BadRequest("offset must not be negative"), count, cancellationToken));
        }).OnTable(Privilege.Select, raw: true);

        routes.MapGet(Table + "/partitions", async (string ns, string name, LakeView view, TableLookup lookup, MetadataFiles files, ManifestViews views, CancellationToken cancellationToken) =>
        {
            var (_, metadata) = await ReadAsync(view, ns, name, lookup, files, cancellationToken);
            return Results.Json(await views.PartitionsAsync(metadata, cancellationToken));
        }).OnTable(Privilege.Select, raw: true);

        routes.MapGet(Table + "/statistics", async (string ns, string name, LakeView view, TableLookup lookup, MetadataFiles files, ManifestViews views, CancellationToken cancellationToken) =>
        {
            var (_, metadata) = await ReadAsync(view, ns, name, lookup, files, cancellationToken);
            return Results.Json(await views.StatisticsAsync(metadata, cancellationToken));
        }).OnTable(Privilege.Select, raw: true);
    }

    static async Task<(PointerRow Pointer, TableMetadata Metadata)> ReadAsync(LakeView view, string ns, string name, TableLookup lookup, MetadataFiles files, CancellationToken cancellationToken)
    {
        var pointer = await lookup.GetAsync(view, TableName.Parse(NamespaceName.ParseDotted(ns), name), cancellationToken);
        return (pointer, await files.ReadAsync(pointer.MetadataLocation, cancellationToken));
    }

    static TableSummaryBody SummaryOf(PointerRow pointer, CommitSummary commit) => new(
        NamespaceName.FromDatabase(pointer.Namespace).Dotted, pointer.Name, pointer.TableId, pointer.Rows, pointer.Files, pointer.Bytes, pointer.FormatVersion, commit,
        TableFormats.Of(pointer.Kind), pointer.Kind == PointerKind.Delta ? pointer.Location : null);

    /// <summary>What the catalog knows of a Delta table of others: where it lies. Its columns are asked for by SQL.</summary>
    static TableBody BodyOf(PointerRow row) => new(
        NamespaceName.FromDatabase(row.Namespace).Dotted, row.Name, row.TableId, row.Location, MetadataLocation: "", FormatVersion: 0, Rows: null, Files: null, Bytes: null,
        new Dictionary<string, string>(StringComparer.Ordinal), [], [], [], CurrentSnapshotId: null, LastCommit: null, TableFormats.Delta);

    static TableBody BodyOf(PointerRow pointer, TableMetadata metadata, CommitSummary commit) => new(
        NamespaceName.FromDatabase(pointer.Namespace).Dotted,
        pointer.Name,
        pointer.TableId,
        metadata.Location,
        pointer.MetadataLocation,
        metadata.FormatVersion,
        pointer.Rows,
        pointer.Files,
        pointer.Bytes,
        metadata.Properties,
        ColumnsOf(metadata.CurrentSchema),
        metadata.DefaultSpec.Fields.Select(f => new PartitionFieldBody(f.Name, f.Transform.Text, SourceOf(metadata, f.SourceId))).ToList(),
        metadata.DefaultSortOrder.Fields.Select(f => new SortFieldBody(
            SourceOf(metadata, f.SourceId), f.Transform.Text, f.Direction == SortDirection.Ascending ? "asc" : "desc", f.NullOrder == NullOrder.NullsFirst ? "nulls-first" : "nulls-last")).ToList(),
        IdOf(metadata.CurrentSnapshotId),
        commit);

    public static IReadOnlyList<ColumnBody> ColumnsOf(Schema schema) => schema.Fields.Select(f => new ColumnBody(f.Id, f.Name, f.Type.ToString()!, f.Required, f.Doc)).ToList();

    /// <summary>The lag counts from what is current now, not from what was when the worker looked.</summary>
    static PublicationBody PublicationOf(PublicationRow? row, PointerRow pointer, TableMetadata metadata) =>
        PublicationBody.Of(row, pointer.FromCommit) with { CurrentSequenceNumber = metadata.CurrentSnapshot?.SequenceNumber };

    static SnapshotBody BodyOf(Snapshot snapshot, TableMetadata metadata) => new(
        IdOf(snapshot.SnapshotId)!, IdOf(snapshot.ParentSnapshotId), snapshot.SequenceNumber, snapshot.Timestamp, snapshot.Operation, snapshot.Summary, snapshot.SnapshotId == metadata.CurrentSnapshotId);

    /// <summary>A summary without its figures (specification, "Optional Snapshot Summary Fields"), which count hidden rows, too, and those by partition, whose names are values of rows.</summary>
    static Dictionary<string, string> WithoutFigures(IReadOnlyDictionary<string, string> summary) =>
        summary.Where(entry => !Figures.Any(prefix => entry.Key.StartsWith(prefix, StringComparison.Ordinal))).ToDictionary(StringComparer.Ordinal);

    static string SourceOf(TableMetadata metadata, int fieldId) => metadata.CurrentSchema.FullNameOf(fieldId) ?? string.Create(CultureInfo.InvariantCulture, $"#{fieldId}");

    static string? IdOf(long? id) => id?.ToString(CultureInfo.InvariantCulture);
}
