using System.Security.Cryptography;
using Lakehouse.Formats;

namespace Lakehouse.Tables;

/// <summary>
/// The one place where commits are retried. Every attempt of a transaction carries the same item of its own, which the catalog takes in once: so at most one attempt ever counts, however
/// many were sent and however late one of them arrives, and the item says whether one did.
/// </summary>
sealed class CommitRetry(CatalogClient catalog, TimeProvider time, CommitRetryOptions options)
{
    const string Scope = "lakeaspire/transactions";
    static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    readonly SourceItem mark = new(Scope, Guid.CreateVersion7().ToString("N"), "transaction", Remembered);

    /// <summary>Whether an attempt that was never answered might still be on its way. Files that it refers to stay then.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Commits, with as many attempts as it takes and the options allow.</summary>
    /// <param name="build">Gives the commit of an attempt (from 1); a conflict that it throws is final.</param>
    /// <param name="reapply">After a conflict that a refresh may cure: refreshes, and says whether another attempt makes sense.</param>
    /// <param name="cancellationToken">Cancels the call; the outcome is then in doubt.</param>
    public async Task<CommitResult> RunAsync(
        Func<int, CancellationToken, Task<CatalogCommit>> build, Func<CancellationToken, Task<bool>> reapply, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            CatalogCommit commit;
            try
            {
                commit = await build(attempt, cancellationToken);
            }
            catch (LakehouseException exception) when (exception.Kind == LakehouseErrorKind.Conflict)
            {
                // What others committed stands against the change itself; those others may be an earlier attempt of our own.
                return await SettleAsync(new CommitResult.Conflict(ConflictKind.Requirement, exception.Message), cancellationToken);
            }

            var result = await SendAsync(commit, cancellationToken);
            if (result is CommitResult.Conflict conflict)
            {
                result = await SettleAsync(conflict, cancellationToken);
            }

            if (result is CommitResult.Committed)
            {
                IsInDoubt = false;
                return result;
            }

            var mayRetry = attempt < options.MaxAttempts && time.GetElapsedTime(since) < options.MaxDuration;
            if (!mayRetry || (result is CommitResult.Conflict && !await ReapplyAsync(result, reapply, cancellationToken)))
            {
                return result;
            }

            await Task.Delay(PauseAfter(attempt), time, cancellationToken);
        }
    }

    async Task<CommitResult> SendAsync(CatalogCommit commit, CancellationToken cancellationToken)
    {
        // In doubt until an answer says otherwise: also when the caller cancels in between.
        var doubtedBefore = IsInDoubt;
        IsInDoubt = true;
        try
        {
            var result = await catalog.CommitAsync(commit with { Items = [.. commit.Items, mark] }, cancellationToken);
            IsInDoubt = doubtedBefore || result is CommitResult.Unknown;
            return result;
        }
        catch (LakehouseException)
        {
            IsInDoubt = doubtedBefore;
            throw;
        }
    }

    /// <summary>A conflict may be with an earlier attempt of our own, whose answer was lost.</summary>
    async Task<CommitResult> SettleAsync(CommitResult.Conflict conflict, CancellationToken cancellationToken)
    {
        if (conflict is { Kind: ConflictKind.Items, Scope: Scope, Items: [var own, ..] })
        {
            return new CommitResult.Committed(own.CommitId);
        }

        if (!IsInDoubt)
        {
            return conflict;
        }

        try
        {
            if (await catalog.LookupItemsAsync(Scope, [mark.Key], cancellationToken) is [var found, ..])
            {
                return new CommitResult.Committed(found.CommitId);
            }

            // Items and cursors that stand against this attempt stand against every other one, on its way or not.
            IsInDoubt = conflict.Kind is not (ConflictKind.Items or ConflictKind.Cursor);
            return conflict;
        }
        catch (LakehouseException exception) when (exception.IsTransient)
        {
            return new CommitResult.Unknown(exception.Message);
        }
    }

    /// <summary>A catalog that goes away during the refresh counts as an attempt; the next one refreshes again, if it has to.</summary>
    static async Task<bool> ReapplyAsync(CommitResult result, Func<CancellationToken, Task<bool>> reapply, CancellationToken cancellationToken)
    {
        if (result is not CommitResult.Conflict { Kind: ConflictKind.Requirement or ConflictKind.NoSuchTable })
        {
            return false;
        }

        try
        {
            return await reapply(cancellationToken);
        }
        catch (LakehouseException exception) when (exception.IsTransient)
        {
            return true;
        }
    }

    TimeSpan PauseAfter(int attempt)
    {
        var longest = Math.Min(options.MaxPause.TotalMilliseconds, options.FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30)));
        return TimeSpan.FromMilliseconds(longest * RandomNumberGenerator.GetInt32(1, 1001) / 1000);
    }
}
