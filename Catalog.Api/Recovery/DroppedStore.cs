using Lakehouse.Formats.IO;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Recovery;

/// <summary>Something that was dropped, the commit that did it, and the purge that was asked for with it.</summary>
/// <param name="Pointer">What it was.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Purge">The purge; null when none was asked for.</param>
/// <param name="Until">Until when it may come back: after that nothing keeps its files.</param>
/// <param name="IsOver">Whether that time is over.</param>
internal sealed record DroppedThing(PointerRow Pointer, CommitRow Commit, PurgeRow? Purge, DateTimeOffset Until, bool IsOver)
{
    /// <summary>Whether it may come back.</summary>
    public bool CanComeBack => !IsOver && Purge is not { State: PurgeStates.Running or PurgeStates.Done };
}

/// <summary>Tables, views and namespaces that were dropped, and their way back: an ordinary commit.</summary>
internal sealed class DroppedStore(CommitStore store, CommitRunner runner, TableLookup lookup, CatalogReads reads, IObjectStore objects, IOptions<CatalogOptions> options, TimeProvider time)
{
    const int Attempts = 5;

    /// <summary>What a state of the lake knows as dropped, the newest first.</summary>
    public async Task<IReadOnlyList<DroppedThing>> ListAsync(LakeView view, string? ns, string? name, int limit, CancellationToken cancellationToken)
    {
        var filter = "p.dropped AND ({0}::text IS NULL OR p.namespace = {0}) AND ({1}::text IS NULL OR p.name = {1})";
        return await reads.QueryAsync(
            async db =>
            {
                var rows = await db.Pointers.FromSqlRaw(ViewSql.Pointers(view.Levels, filter, withDropped: true), Text(ns), Text(name))
                    .Join(db.Commits, p => p.FromCommit, c => c.Id, (p, c) => new { Pointer = p, Commit = c })
                    .OrderByDescending(r => r.Pointer.FromCommit).ThenBy(r => r.Pointer.Id).Take(limit).ToListAsync(cancellationToken);
                var ids = rows.Select(r => r.Pointer.TableId).ToArray();
                var commits = rows.Select(r => r.Pointer.FromCommit).ToArray();
                var purges = await db.Set<PurgeRow>().Where(p => ids.Contains(p.TableId) && (commits.Contains(p.CommitId) || p.State == PurgeStates.Running || p.State == PurgeStates.Done)).ToListAsync(cancellationToken);
                return (IReadOnlyList<DroppedThing>)[.. rows.Select(r => ThingOf(
                    r.Pointer, r.Commit, purges.Where(p => p.TableId == r.Pointer.TableId && p.State != PurgeStates.Void).OrderByDescending(p => p.Id).FirstOrDefault()))];
            },
            cancellationToken);
    }

    DroppedThing ThingOf(PointerRow pointer, CommitRow commit, PurgeRow? purge)
    {
        var until = purge?.DueAt ?? (commit.At + options.Value.DropRetention);
        return new DroppedThing(pointer, commit, purge, until, until <= time.GetUtcNow());
    }

    /// <summary>Brings something back, as it was when it was dropped.</summary>
    /// <param name="view">The branch.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isNamespace">Whether a namespace is meant.</param>
    /// <param name="id">Which, when several of that name were dropped.</param>
    /// <param name="target">Another name for it.</param>
    /// <param name="mayKnow">Whether the caller may know of something; of the rest nothing is said.</param>
    /// <param name="demand">Whether the caller may.</param>
    /// <param name="author">Who.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ApiException">404: nothing of that name was dropped. 409: the name is taken, several were, or the files are gone.</exception>
    public async Task<(PointerRow Pointer, TableName Name, long Commit)> UndropAsync(
        LakeView view, TableName name, bool isNamespace, Guid? id, TableName? target, Func<PointerRow, bool> mayKnow, Func<PointerRow, Task> demand, string author, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var dropped = await FindAsync(view, name, isNamespace, id, mayKnow, cancellationToken);
            await demand(dropped.Pointer);
            await CheckFilesAsync(dropped, cancellationToken);
            var to = target ?? name;
            var change = new PointerChange(dropped.Pointer.TableId, dropped.Pointer.Id, PointerTarget.Of(dropped.Pointer) with { Name = to }) { IsNewLocation = dropped.Pointer.Kind < PointerKind.Namespace };
            var request = new CommitRequest { View = view.Writable(), Author = author, Message = $"undrop {name}{(to == name ? "" : $" as {to}")}", Pointers = [change] };
            switch (await runner.RunAsync(store, request, [to], cancellationToken))
            {
                case CommitOutcome.Committed committed:
                    return (dropped.Pointer, to, committed.Id);
                case CommitOutcome.Moved when attempt < Attempts:
                    break;
                case CommitOutcome.NameTaken:
                    throw new ApiException(409, $"There is another {to} by now: bring this one back under another name (as).", "AlreadyExistsException");
                case CommitOutcome.NoNamespace missing:
                    throw new ApiException(404, $"The namespace {missing.Name} is not there any more: undrop it first, or name another place (as).", "NoSuchNamespaceException");
                case CommitOutcome.LocationTaken taken:
                    throw new ApiException(409, $"{taken.By} lies where its files are, at {taken.Location}: it cannot come back beside that.", "AlreadyExistsException");
                case var outcome:
                    throw CommitRunner.ErrorOf(outcome);
            }
        }
    }

    async Task<DroppedThing> FindAsync(LakeView view, TableName name, bool isNamespace, Guid? id, Func<PointerRow, bool> mayKnow, CancellationToken cancellationToken)
    {
        var all = (await ListAsync(view, name.Namespace.Text, name.Name, 1000, cancellationToken)).Where(d => d.Pointer.Kind == PointerKind.Namespace == isNamespace && (id is null || d.Pointer.TableId == id) && mayKnow(d.Pointer)).ToList();
        if (all is [var one])
        {
            return one;
        }

        if (all.Count > 1)
        {
            throw new ApiException(
                409, $"{all.Count} of the name {name} were dropped: say which by id.", "AmbiguousException",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["dropped"] = all.Select(d => DroppedBody.Of(d)).ToList() });
        }

        var current = isNamespace ? await lookup.FindNamespaceAsync(view, NamespaceName.Within(name.Namespace.Text, name.Name), cancellationToken) : await lookup.FindAsync(view, name, cancellationToken);
        if (current is not null && !mayKnow(current))
        {
            current = null;
        }
        else if (current is null && await ElsewhereAsync(view, name, cancellationToken) is { } elsewhere && mayKnow(elsewhere))
        {
            throw new ApiException(409, $"{name} is back already: its files belong to {TableLookup.NameOf(elsewhere)} now.", "AlreadyExistsException");
        }

        throw new ApiException(
            current is null ? 404 : 409,
            current is null ? $"Nothing of the name {name} was dropped on '{view.Branch}'." : $"{name} is there, and no other of that name was dropped.",
            current is null ? "NoSuchDroppedException" : "AlreadyExistsException");
    }

    /// <summary>What once had the name, and is there under another: it was renamed, or registered again.</summary>
    async Task<PointerRow?> ElsewhereAsync(LakeView view, TableName name, CancellationToken cancellationToken)
    {
        var ids = await reads.QueryAsync(
            db => db.Pointers.Where(p => p.Namespace == name.Namespace.Text && p.Name == name.Name && p.Dropped).Select(p => p.TableId).Distinct().Take(100).ToListAsync(cancellationToken), cancellationToken);
        return ids.Count == 0 ? null : (await lookup.ByIdsAsync(view, ids, cancellationToken)).Values.FirstOrDefault();
    }

    async Task CheckFilesAsync(DroppedThing dropped, CancellationToken cancellationToken)
    {
        var pointer = dropped.Pointer;
        if (dropped.Purge is { State: PurgeStates.Running or PurgeStates.Done })
        {
            throw CommitRunner.ErrorOf(new CommitOutcome.Purged(pointer.Location));
        }

        if (dropped.IsOver)
        {
            throw new ApiException(
                409, $"{TableLookup.NameOf(pointer)} could come back until {dropped.Until.UtcDateTime:u}: nothing keeps its files since. What is left of them is registered by its metadata file, {pointer.MetadataLocation}", "RetentionOverException");
        }

        if (pointer.Kind < PointerKind.Namespace && await objects.StatAsync(pointer.MetadataLocation, cancellationToken) is null)
        {
            throw new ApiException(409, $"Its metadata file is gone: {pointer.MetadataLocation}", "PurgedException");
        }
    }

    static Npgsql.NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}
