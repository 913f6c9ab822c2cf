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
/// <remarks>It is over once nobody waits: a branch that nobody commits to costs nothing.</remarks>
/// <param name="make">Makes some commits, in their order, and ends each of them. It does not throw.</param>
/// <param name="over">Hears that it is over.</param>
internal sealed class CommitLine(Func<IReadOnlyList<WaitingCommit>, Task> make, Action<CommitLine> over)
{
    const int MaxTogether = 64;

    readonly Lock gate = new();
    readonly Queue<WaitingCommit> waiting = [];
    bool isBusy;
    bool isOver;

    /// <summary>Puts a commit in line; null when the line is over, and another one has to be taken.</summary>
    public WaitingCommit? Add(CommitRequest request)
    {
        var commit = new WaitingCommit(request);
        lock (gate)
        {
            if (isOver)
            {
                return null;
            }

            waiting.Enqueue(commit);
            if (isBusy)
            {
                return commit;
            }

            isBusy = true;
        }

        _ = DrainAsync();
        return commit;
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

                isOver = together.Count == 0;
            }

            if (together.Count == 0)
            {
                over(this);
                return;
            }

            await make(together);
        }
    }
}
