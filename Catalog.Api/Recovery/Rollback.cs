using System.Globalization;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Recovery;

/// <summary>
/// Sets a table's <c>main</c> ref back to a snapshot, by an ordinary commit that fails when somebody commits in between. Columns, properties and the snapshots in between stay as they are.
/// </summary>
internal sealed class Rollback(TableLookup lookup, LakeViews views, MetadataFiles files, TableCommitter committer)
{
    /// <exception cref="ApiException">404: no such table, snapshot, commit. 409: the snapshot has expired, is no ancestor, or the table moved meanwhile.</exception>
    public async Task<RollbackBody> RunAsync(LakeView view, TableName name, RollbackRequest request, string author, CancellationToken cancellationToken)
    {
        var pointer = await lookup.GetAsync(view, name, cancellationToken);
        var metadata = await files.ReadAsync(pointer.MetadataLocation, cancellationToken);
        var current = metadata.CurrentSnapshot;
        var target = await TargetAsync(view, pointer.TableId, name, metadata, request, cancellationToken);
        var between = metadata.Ancestors(current).TakeWhile(snapshot => snapshot.SnapshotId != target.SnapshotId).Count();
        var body = new RollbackBody(
            name.Namespace.Dotted, name.Name, PointOf(current), PointOf(target), between, target.SchemaId is { } schema && schema != metadata.CurrentSchemaId, request.DryRun, CommitId: null);
        if (request.DryRun || target.SnapshotId == current?.SnapshotId)
        {
            return body;
        }

        var reference = metadata.Refs.GetValueOrDefault(SnapshotRef.Main) ?? new SnapshotRef(target.SnapshotId, SnapshotRefType.Branch);
        var change = new TableChangeRequest(
            name, [new AssertTableUuid(metadata.TableUuid), new AssertRefSnapshotId(SnapshotRef.Main, current?.SnapshotId)], [new SetSnapshotRef(SnapshotRef.Main, reference with { SnapshotId = target.SnapshotId })]);
        var template = new CommitRequest { View = view, Owner = author, Author = author, Message = string.Create(CultureInfo.InvariantCulture, $"roll {name} back to snapshot {target.SnapshotId}") };
        var committed = await committer.CommitAsync([change], template, cancellationToken);
        return body with { CommitId = committed.CommitId };
    }

    async Task<Snapshot> TargetAsync(LakeView view, Guid table, TableName name, TableMetadata metadata, RollbackRequest request, CancellationToken cancellationToken)
    {
        if (new[] { request.SnapshotId is not null, request.Commit is not null, request.Time is not null }.Count(given => given) != 1)
        {
            throw CatalogErrors.BadRequest("name one of snapshotId, commit and time");
        }

        if (request.SnapshotId is { } text)
        {
            var id = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw CatalogErrors.BadRequest("snapshotId is a number");
            var snapshot = metadata.SnapshotById(id) ?? throw new ApiException(404, $"{name} has no snapshot {id}, or it has expired.", "NoSuchSnapshotException");
            return metadata.Ancestors(metadata.CurrentSnapshot).Any(ancestor => ancestor.SnapshotId == id)
                ? snapshot
                : throw new ApiException(409, $"Snapshot {id} is not an ancestor of the current one: name the commit or the time at which {name} had it.", "NotAnAncestorException");
        }

        var past = await views.ResolveAsync(LakeRef.Parse(request.Commit is { } commit
            ? string.Create(CultureInfo.InvariantCulture, $"{view.Branch}@{commit}")
            : string.Create(CultureInfo.InvariantCulture, $"{view.Branch}@{request.Time!.Value.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFFFF}Z")), cancellationToken);
        var then = (await lookup.ByIdsAsync(past, [table], cancellationToken)).GetValueOrDefault(table)
            ?? throw new ApiException(404, $"{name} was not there at {past.Ref.Text}.", "NoSuchSnapshotException");
        return then.SnapshotId is not { } had ? throw new ApiException(409, $"{name} had no snapshot yet at {past.Ref.Text}: there is nothing to go back to.", "NoSuchSnapshotException")
            : metadata.SnapshotById(had) ?? throw new ApiException(409, $"The snapshot {had} that {name} had at {past.Ref.Text} has expired.", "NoSuchSnapshotException");
    }

    static RollbackPoint PointOf(Snapshot? snapshot) => snapshot is null
        ? new RollbackPoint(SnapshotId: null, At: null, Rows: 0, Files: 0, Operation: null)
        : new RollbackPoint(
            snapshot.SnapshotId.ToString(CultureInfo.InvariantCulture), snapshot.Timestamp, TableFigures.RowsOf(snapshot), snapshot.SummaryNumber("total-data-files"), snapshot.Operation);
}
