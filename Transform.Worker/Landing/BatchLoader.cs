using System.Diagnostics;
using LakeAspire.Transform.Lineage;
using LakeAspire.Transform.Pipelines;
using Lakehouse.Engine;
using Lakehouse.Sources;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;
using Lakehouse.Tables;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Landing;

/// <summary>
/// Loads batches of landing files: good rows to the stream's table, others to its quarantine, and the files' ids as items, all in one commit of the catalog. A file counts once because its
/// item can be committed once; whatever is lost in between, answers and processes, the next attempt finds out by the items.
/// </summary>
internal sealed class BatchLoader(
    Lake lake, LandingZone landing, DeclaredStreams declared, IPipelineTriggers triggers, TableLineage lineage, IOptions<LandingOptions> options, IOptions<StorageOptions> storage, FileCache cache, TimeProvider time,
    ILogger<BatchLoader> logger)
{
    /// <summary>How long the catalog remembers ids that cannot come again: far longer than a landing file lives.</summary>
    static readonly TimeSpan Retention = TimeSpan.FromDays(60);

    const int MaxTimesTooBig = 4;

    readonly HashSet<string> told = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> timesTooBig = new(StringComparer.Ordinal);

    /// <summary>Loads files.</summary>
    /// <param name="stream">Stream that they belong to.</param>
    /// <param name="files">Files.</param>
    /// <param name="checkFirst">Whether some may be in the table already, so that it pays to ask before the work.</param>
    /// <param name="cancellationToken">Cancels the load.</param>
    public async Task<LoadOutcome> LoadAsync(StreamName stream, IReadOnlyList<LandingManifest> files, bool checkFirst, CancellationToken cancellationToken)
    {
        if (declared.Find(stream) is not { } declaration)
        {
            if (told.Add(stream.Value))
            {
                LandingLog.WrongDeclaration(logger, stream.Value, declared.Problems[stream.Value]);
            }

            return new LoadOutcome.TryAgain("its declaration is wrong");
        }

        if (checkFirst)
        {
            var committed = await lake.Catalog.LookupItemsAsync(Scope(stream), [.. files.Select(f => f.Id)], cancellationToken);
            files = await DropCommittedAsync(stream, files, committed, cancellationToken);
        }

        return files.Count == 0 ? new LoadOutcome.Done() : await LoadSurvivingAsync(declaration, stream, files, cancellationToken);
    }

    string PathOf(LandingManifest file)
    {
        using var local = new CachedFiles(landing.Store, cache, time: time);
        return local.PathOf(landing.DataLocation(file));
    }

    static string Scope(StreamName stream) => $"landing/{stream}";

    /// <summary>A batch that does not fit into memory is taken apart; a file that never fits alone is one that cannot be read.</summary>
    bool IsTooBig(EngineException exception, IReadOnlyList<LandingManifest> files)
    {
        if (exception.EngineKind != EngineErrorKind.OutOfMemory || files.Count > 1)
        {
            return exception.EngineKind == EngineErrorKind.OutOfMemory;
        }

        timesTooBig[files[0].Id] = timesTooBig.GetValueOrDefault(files[0].Id) + 1;
        return timesTooBig[files[0].Id] >= MaxTimesTooBig && timesTooBig.Remove(files[0].Id);
    }

    /// <summary>Files that cannot be read fail a batch as a whole: then each is loaded by itself, and what fails alone is quarantined as a whole.</summary>
    async Task<LoadOutcome> LoadSurvivingAsync(StreamDeclaration declaration, StreamName stream, IReadOnlyList<LandingManifest> files, CancellationToken cancellationToken)
    {
        try
        {
            return await LoadAsync(declaration, stream, files, unreadable: null, cancellationToken);
        }
        catch (EngineException e) when (ContentErrors.IsOfContent(e, files) || IsTooBig(e, files))
        {
            if (files is [var only])
            {
                LandingLog.Unreadable(logger, only.Source, stream.Value, e.Message);
                return await LoadAsync(declaration, stream, files, ContentErrors.Reason(e, only, PathOf(only)), cancellationToken);
            }
        }

        LandingLog.OneByOne(logger, stream.Value);
        foreach (var file in files)
        {
            if (await LoadSurvivingAsync(declaration, stream, [file], cancellationToken) is LoadOutcome.TryAgain again)
            {
                return again;
            }
        }

        return new LoadOutcome.Done();
    }

    async Task<LoadOutcome> LoadAsync(StreamDeclaration declaration, StreamName stream, IReadOnlyList<LandingManifest> files, string? unreadable, CancellationToken cancellationToken)
    {
        using var activity = LandingTelemetry.Start(stream.Value, files);
        var started = time.GetTimestamp();
        var begun = time.GetUtcNow();
        await using var transaction = lake.BeginTransaction("transform-worker", $"load {files.Count} {(files.Count == 1 ? "file" : "files")} into {declaration.Table}");
        using var local = new CachedFiles(landing.Store, cache, time: time);
        await using var load = new BronzeLoad(declaration, landing, local, transaction, options.Value, Path.Combine(storage.Value.Scratch, "landing"));
        if (unreadable is null)
        {
            await load.AddAsync(files, cancellationToken);
        }
        else
        {
            await load.QuarantineAsync(files[0], unreadable, cancellationToken);
        }

        foreach (var file in files)
        {
            transaction.AddItem(Scope(stream), file.Id, file.Sha256, LandingId.CanComeAgain(file.Id) ? null : Retention);
        }

        transaction.AddLineage(await lineage.LoadingAsync(stream, declaration, files, load.Rows, load.Quarantined, begun, cancellationToken));
        var result = await transaction.CommitAsync(cancellationToken);
        switch (result)
        {
            case CommitResult.Committed(var commitId):
                await RemoveAsync(files, cancellationToken);
                var duration = time.GetElapsedTime(started);
                LandingLog.Loaded(logger, files.Count, declaration.Table.ToString(), load.Rows, load.Quarantined, commitId, (long)duration.TotalMilliseconds);
                LandingTelemetry.Loaded(stream.Value, load.Rows, load.Quarantined, duration);
                activity?.SetTag("lakeaspire.rows", load.Rows).SetTag("lakeaspire.commit", commitId);
                triggers.TableCommitted(declaration.Table.Namespace, declaration.Table.Name);
                return new LoadOutcome.Done();
            case CommitResult.Conflict { Kind: ConflictKind.Items } conflict:
                await DropCommittedAsync(stream, files, conflict.Items, cancellationToken);
                return new LoadOutcome.Done();
            case CommitResult.Conflict conflict:
                activity?.SetStatus(ActivityStatusCode.Error, conflict.Message);
                return new LoadOutcome.TryAgain(conflict.Message);
            default:
                activity?.SetStatus(ActivityStatusCode.Error, "outcome unknown");
                return new LoadOutcome.TryAgain($"the outcome is unknown: {((CommitResult.Unknown)result).Reason}");
        }
    }

    /// <summary>Removes the files that are in the table already, and gives the others. One that was committed under the same id with other content is not lost: it gets an id of its own.</summary>
    async Task<IReadOnlyList<LandingManifest>> DropCommittedAsync(
        StreamName stream, IReadOnlyList<LandingManifest> files, IReadOnlyList<CommittedItem> committed, CancellationToken cancellationToken)
    {
        if (committed.Count == 0)
        {
            return files;
        }

        var known = committed.ToDictionary(item => item.Key, item => item.Fingerprint, StringComparer.Ordinal);
        foreach (var file in files.Where(f => known.TryGetValue(f.Id, out var fingerprint) && fingerprint != f.Sha256))
        {
            var renamed = file with { Id = LandingId.New(time) };
            LandingLog.OtherContent(logger, file.Id, stream.Value, renamed.Id);
            await landing.RenameAsync(file, renamed, cancellationToken);
        }

        var loaded = files.Where(f => known.GetValueOrDefault(f.Id) == f.Sha256).ToList();
        await RemoveAsync(loaded, cancellationToken);
        LandingLog.LoadedBefore(logger, loaded.Count, stream.Value);
        return [.. files.Where(f => !known.ContainsKey(f.Id))];
    }

    async Task RemoveAsync(IReadOnlyList<LandingManifest> files, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            await landing.RemoveAsync(file, cancellationToken);
        }
    }
}
