using Lakehouse.Formats;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>
/// The branch that a run works on: it starts where <c>main</c> is, is the run's own, and reaches <c>main</c> as a whole or not at all. A run that is killed leaves <c>main</c> as it was and the branch to look at; another attempt goes on with it.
/// </summary>
public sealed class RunBranch
{
    static readonly TimeSpan ItemRetention = TimeSpan.FromDays(365);

    readonly Lake main;
    readonly string pipeline;
    readonly string runId;

    RunBranch(Lake main, string pipeline, string runId, LakeBranch branch)
    {
        this.main = main;
        this.pipeline = pipeline;
        this.runId = runId;
        Name = branch.Name;
        Start = branch.ParentCommit;
        Lake = main.On(branch.Name);
    }

    /// <summary>Its name: <c>run/</c> and the id of the run.</summary>
    public string Name { get; }

    /// <summary>The commit of <c>main</c> that it starts at, at which all sources are read; null for an empty lake.</summary>
    public long? Start { get; }

    /// <summary>The lake on the branch.</summary>
    public Lake Lake { get; }

    /// <summary>Makes the branch of a run, or finds it again when an earlier attempt has made it.</summary>
    /// <param name="main">The lake on <c>main</c>.</param>
    /// <param name="pipeline">Name of the pipeline.</param>
    /// <param name="runId">Id of the run.</param>
    /// <param name="retention">How long a branch is kept that is never published; a week by default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<RunBranch> OpenAsync(Lake main, string pipeline, string runId, TimeSpan? retention = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        var name = $"run/{runId}";
        var into = main.Catalog.Reference;
        try
        {
            return new RunBranch(main, pipeline, runId, await main.Catalog.CreateBranchAsync(name, into, retention ?? TimeSpan.FromDays(7), cancellationToken: cancellationToken));
        }
        catch (LakehouseException taken) when (taken.Kind == LakehouseErrorKind.AlreadyExists)
        {
            if (await main.Catalog.FindBranchAsync(name, cancellationToken) is not { Kind: "branch" } found)
            {
                throw;
            }

            return new RunBranch(main, pipeline, runId, found);
        }
    }

    /// <summary>Sessions on the branch.</summary>
    public LakeSessions Sessions(SessionOptions? options = null) => new(Lake, (options ?? new SessionOptions()) with { IsShared = false });

    /// <summary>Brings all of the branch to where it came from, in one commit, and drops it. May be called again after any failure: a run that is published stays so.</summary>
    /// <param name="positions">Positions that the run moves: where each must be, and where it will be.</param>
    /// <param name="message">What the commit is for; null = the run.</param>
    /// <param name="keep">Whether the branch is kept nevertheless.</param>
    /// <param name="cancellationToken">Cancels the call; calling again tells what became of it.</param>
    public async Task<RunPublication> PublishAsync(IReadOnlyList<CursorMove>? positions = null, string? message = null, bool keep = false, CancellationToken cancellationToken = default)
    {
        var into = main.Catalog.Reference ?? "main";
        try
        {
            if (await FindAsync(cancellationToken) is { } earlier)
            {
                await DropAsync(keep, cancellationToken);
                return new RunPublication.Published(earlier);
            }

            // The run itself and its positions go to the branch first, and to main with its tables.
            if (await MarkAsync(positions ?? [], cancellationToken) is { } refused)
            {
                return refused;
            }

            var merged = await main.Catalog.MergeAsync(Name, into, message ?? $"run {runId} of {pipeline}", cancellationToken: cancellationToken);
            if (!merged.IsDone)
            {
                return new RunPublication.Conflict(merged.Conflicts);
            }

            await DropAsync(keep, cancellationToken);
            return new RunPublication.Published(merged.Commit ?? merged.TargetHead ?? 0);
        }
        catch (LakehouseException unknown) when (unknown.IsTransient || unknown.Kind == LakehouseErrorKind.OutcomeUnknown)
        {
            return new RunPublication.Unknown(unknown.Message);
        }
    }

    /// <summary>Drops the branch with all that was written on it.</summary>
    public Task DiscardAsync(CancellationToken cancellationToken = default) => DropAsync(keep: false, cancellationToken);

    /// <summary>The commit that published the run; null when none did.</summary>
    public async Task<long?> FindAsync(CancellationToken cancellationToken = default) =>
        await main.Catalog.LookupItemsAsync(Scope, [runId], cancellationToken) is [var item, ..] ? item.CommitId : null;

    string Scope => $"runs/{pipeline}";

    async Task<RunPublication?> MarkAsync(IReadOnlyList<CursorMove> positions, CancellationToken cancellationToken)
    {
        await using var mark = Lake.BeginTransaction("lakeaspire", $"run {runId} of {pipeline} is complete");
        mark.AddItem(Scope, runId, "run", ItemRetention);
        foreach (var position in positions)
        {
            mark.MoveCursor(position.Scope, position.Expected, position.Next);
        }

        return await mark.CommitAsync(cancellationToken) switch
        {
            CommitResult.Committed => null,

            // An attempt before this one came so far.
            CommitResult.Conflict { Kind: ConflictKind.Items, Scope: var scope } when scope == Scope => null,
            CommitResult.Conflict conflict => new RunPublication.Refused(conflict.Message),
            CommitResult.Unknown unknown => new RunPublication.Unknown(unknown.Reason),
            var other => throw new InvalidOperationException($"unknown outcome {other}"),
        };
    }

    async Task DropAsync(bool keep, CancellationToken cancellationToken)
    {
        if (keep)
        {
            return;
        }

        try
        {
            await main.Catalog.DropBranchAsync(Name, cancellationToken: cancellationToken);
        }
        catch (LakehouseException gone) when (gone.Kind is LakehouseErrorKind.NotFound || gone.IsTransient)
        {
            // Gone already; or its retention ends one day.
        }
    }
}

/// <summary>What became of a publication. Closed.</summary>
public abstract record RunPublication
{
    RunPublication()
    {
    }

    /// <summary>All of it is visible.</summary>
    /// <param name="CommitId">The commit.</param>
    public sealed record Published(long CommitId) : RunPublication;

    /// <summary>Others have changed what the run changed too. Nothing is visible, and the branch is as it was.</summary>
    /// <param name="Conflicts">What stands against it.</param>
    public sealed record Conflict(IReadOnlyList<MergeConflict> Conflicts) : RunPublication
    {
        /// <summary>The conflicts as a text: name and reason of each.</summary>
        public string Message => string.Join("; ", Conflicts.Select(c => $"{(c.Namespace is null ? c.Name : $"{c.Namespace}.{c.Name}")}: {c.Reason}"));
    }

    /// <summary>Nothing is visible: a position is elsewhere, or the run is over.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string Reason) : RunPublication;

    /// <summary>Nobody knows; publishing again is safe, and tells.</summary>
    /// <param name="Reason">Why nobody knows.</param>
    public sealed record Unknown(string Reason) : RunPublication;
}
