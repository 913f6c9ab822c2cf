using System.Collections.Concurrent;
using LakeAspire.Query.Parsing;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Workers;

/// <summary>
/// Worker processes: at most so many at once, and one kept warm, so that a query does not wait for a process to start. A worker that did not come to an orderly end of its query is killed, not returned.
/// </summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    /// <summary>A worker that holds on to more than this after a query has grown, and makes room for a fresh one: an idle service stays small.</summary>
    const long LargestKept = 160L << 20;

    readonly QueryOptions options;
    readonly TimeProvider time;
    readonly ILogger<WorkerPool> logger;
    readonly SemaphoreSlim places;
    readonly ConcurrentStack<(WorkerProcess Worker, long Since)> idle = new();
    readonly ConcurrentDictionary<int, WorkerProcess> living = new();
    readonly ITimer trimming;
    readonly CancellationTokenSource stop = new();
    int waiting;

    public WorkerPool(IOptions<QueryOptions> options, TimeProvider time, ILogger<WorkerPool> logger)
    {
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        places = new SemaphoreSlim(this.options.MaxConcurrent);
        var period = TimeSpan.FromSeconds(this.options.IdleSeconds);
        trimming = time.CreateTimer(_ => Trim(), null, period, period);
    }

    /// <summary>Queries that could start at once.</summary>
    public int Free => places.CurrentCount;

    /// <summary>Process ids of all workers.</summary>
    public IEnumerable<int> WorkerIds => living.Keys;

    /// <summary>Waits for a place and takes a worker.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">Too many are waiting.</exception>
    public async Task<WorkerLease> TakeAsync(CancellationToken cancellationToken)
    {
        if (!await places.WaitAsync(0, cancellationToken))
        {
            if (Interlocked.Increment(ref waiting) > options.MaxWaiting)
            {
                Interlocked.Decrement(ref waiting);
                throw SqlErrors.Busy("Too many queries are running and waiting; try again later.");
            }

            try
            {
                await places.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref waiting);
            }
        }

        try
        {
            return new WorkerLease(this, await IdleOrNewAsync(cancellationToken));
        }
        catch
        {
            places.Release();
            throw;
        }
    }

    /// <summary>Whether a worker is there or can be started; the one that was started stays warm.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        if (idle.TryPeek(out var first) && !first.Worker.HasExited)
        {
            return;
        }

        if (places.CurrentCount == 0)
        {
            return; // All are at work.
        }

        var lease = await TakeAsync(cancellationToken);
        lease.Return();
        await lease.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await trimming.DisposeAsync();
        while (idle.TryPop(out var entry))
        {
            await EndAsync(entry.Worker);
        }

        stop.Dispose();
        places.Dispose();
    }

    internal async ValueTask GiveBackAsync(WorkerProcess worker, bool reusable)
    {
        reusable = reusable && !worker.HasExited && worker.ResidentMemory() <= LargestKept && !stop.IsCancellationRequested;
        if (reusable)
        {
            idle.Push((worker, time.GetTimestamp()));
        }
        else
        {
            await EndAsync(worker);
        }

        places.Release();
        if (!reusable && idle.IsEmpty && !stop.IsCancellationRequested)
        {
            _ = ReplaceAsync();
        }
    }

    async Task<WorkerProcess> IdleOrNewAsync(CancellationToken cancellationToken)
    {
        while (idle.TryPop(out var entry))
        {
            if (!entry.Worker.HasExited)
            {
                return entry.Worker;
            }

            Log.WorkerEnded(logger, entry.Worker.Id, entry.Worker.Errors);
            await EndAsync(entry.Worker);
        }

        var worker = await WorkerProcess.StartAsync(time, cancellationToken);
        living[worker.Id] = worker;
        Log.WorkerStarted(logger, worker.Id);
        return worker;
    }

    async Task EndAsync(WorkerProcess worker)
    {
        living.TryRemove(worker.Id, out _);
        await worker.DisposeAsync();
    }

    async Task ReplaceAsync()
    {
        try
        {
            await WarmUpAsync(stop.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The next query starts one, or says why it can't.
            Log.WorkerNotReplaced(logger, exception);
        }
    }

    /// <summary>One warm worker is enough when nothing is asked.</summary>
    void Trim()
    {
        var entries = new List<(WorkerProcess Worker, long Since)>();
        while (idle.TryPop(out var entry))
        {
            entries.Add(entry);
        }

        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (i > 0 && time.GetElapsedTime(entries[i].Since) > TimeSpan.FromSeconds(options.IdleSeconds))
            {
                _ = EndAsync(entries[i].Worker);
            }
            else
            {
                idle.Push(entries[i]);
            }
        }
    }
}

/// <summary>A worker taken from the pool. It is killed when the lease ends unless <see cref="Return"/> was called.</summary>
internal sealed class WorkerLease(WorkerPool pool, WorkerProcess worker) : IAsyncDisposable
{
    bool reusable;

    public WorkerProcess Worker => worker;

    /// <summary>Its query came to an orderly end: it can run another.</summary>
    public void Return() => reusable = true;

    public ValueTask DisposeAsync() => pool.GiveBackAsync(worker, reusable);
}
