namespace LakeAspire.Catalog.Commits;

/// <summary>A commit that waits for its turn.</summary>
internal sealed class WaitingCommit(CommitRequest request)
{
    readonly TaskCompletionSource<CommitOutcome> ending = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CommitRequest Request => request;

    /// <summary>What becomes of it.</summary>
    public Task<CommitOutcome> Outcome => ending.Task;

    public void End(CommitOutcome outcome) => ending.TrySetResult(outcome);
}

/// <summary>The commits of this instance to one branch: those that come while others are being made are made together, so that they wait for the disk once.</summary>
/// <param name="make">Makes some commits, in their order, and ends each of them. It does not throw.</param>
internal sealed class CommitLine(Func<IReadOnlyList<WaitingCommit>, Task> make)
{
    const int MaxTogether = 64;

    readonly Lock gate = new();
    readonly Queue<WaitingCommit> waiting = [];
    bool isBusy;

    public Task<CommitOutcome> AddAsync(CommitRequest request)
    {
        var commit = new WaitingCommit(request);
        lock (gate)
        {
            waiting.Enqueue(commit);
            if (isBusy)
            {
                return commit.Outcome;
            }

            isBusy = true;
        }

        _ = DrainAsync();
        return commit.Outcome;
    }

    async Task DrainAsync()
    {
        while (true)
        {
            var together = new List<WaitingCommit>();
            lock (gate)
            {
                while (together.Count < MaxTogether && waiting.TryDequeue(out var next))
                {
                    together.Add(next);
                }

                if (together.Count == 0)
                {
                    isBusy = false;
                    return;
                }
            }

            await make(together);
        }
    }
}
