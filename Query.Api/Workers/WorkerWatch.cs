namespace LakeAspire.Query.Workers;

/// <summary>Watches a worker while it runs a query: its memory ten times a second, and that it stops when it is told to.</summary>
internal sealed class WorkerWatch : IAsyncDisposable
{
    static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    readonly WorkerProcess worker;
    readonly long memoryLimit;
    readonly ILogger logger;
    readonly ITimer memory;
    readonly ITimer grace;
    Task cancelling = Task.CompletedTask;

    public WorkerWatch(WorkerProcess worker, long memoryLimit, TimeProvider time, ILogger logger)
    {
        this.worker = worker;
        this.memoryLimit = memoryLimit;
        this.logger = logger;
        memory = time.CreateTimer(_ => CheckMemory(), null, Period, Period);
        grace = time.CreateTimer(_ => Kill("it did not stop when it was asked to"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether it was killed for its memory.</summary>
    public bool MemoryExceeded { get; private set; }

    /// <summary>Asks the worker to stop; after a second it is made to.</summary>
    public void Stop()
    {
        grace.Change(Grace, Timeout.InfiniteTimeSpan);
        cancelling = worker.CancelAsync();
    }

    /// <summary>When it is done, nothing of this watch reaches the worker any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await memory.DisposeAsync();
        await cancelling;
        await grace.DisposeAsync();
    }

    void CheckMemory()
    {
        if (worker.ResidentMemory() > memoryLimit)
        {
            MemoryExceeded = true;
            Kill("it took more memory than it may");
        }
    }

    void Kill(string reason)
    {
        Log.WorkerKilled(logger, worker.Id, reason);
        worker.Kill();
    }
}
