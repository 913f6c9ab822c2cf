using System.Text.Json;
using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine.Scans;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Workers;

/// <summary>Runs orders on workers. Whatever a worker does, its query ends in time: one that does not obey within a second, or takes more memory than it may, is killed and replaced.</summary>
internal sealed class QueryRunner(WorkerPool pool, IOptions<QueryOptions> options, TimeProvider time, ILogger<QueryRunner> logger)
{
    /// <summary>Runs one order, its bytes handed to <paramref name="receive"/> as they come.</summary>
    /// <param name="order">The order.</param>
    /// <param name="inputs">Functions that the relations of its tables use.</param>
    /// <param name="receive">Takes bytes; a slow one slows the worker down.</param>
    /// <param name="stop">Stops the query: its time is up, or the caller has gone.</param>
    /// <exception cref="ServiceDefaults.Errors.ApiException">The query is at fault.</exception>
    /// <exception cref="WorkerEndedException">The worker ended by itself.</exception>
    public Task<QuerySummary> RunAsync(QueryOrder order, IReadOnlyCollection<RelationInput> inputs, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> receive, CancellationToken stop) =>
        RunAsync(worker => worker.SendAsync(order, inputs, stop), receive, payload => JsonSerializer.Deserialize(payload, ProtocolJson.Default.QuerySummary)!, stop);

    /// <summary>Plans a query over empty tables and gives the plan.</summary>
    /// <param name="order">The order.</param>
    /// <param name="stop">Stops the query: its time is up, or the caller has gone.</param>
    /// <exception cref="ServiceDefaults.Errors.ApiException">The query is at fault.</exception>
    /// <exception cref="WorkerEndedException">The worker ended by itself.</exception>
    public Task<string> PlanAsync(PlanOrder order, CancellationToken stop) =>
        RunAsync(worker => worker.SendAsync(order), (_, _) => ValueTask.CompletedTask, System.Text.Encoding.UTF8.GetString, stop);

    async Task<T> RunAsync<T>(Func<WorkerProcess, Task> send, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> receive, Func<byte[], T> finish, CancellationToken stop)
    {
        await using var lease = await pool.TakeAsync(stop);
        await using var watch = new WorkerWatch(lease.Worker, options.Value.ProcessMemoryLimit, time, logger);

        // Disposed first of the three, so that no Cancel is on its way to a worker that has gone back to the pool.
        await using var registration = stop.UnsafeRegister(static state => ((WorkerWatch)state!).Stop(), watch);
        await send(lease.Worker);
        while (await lease.Worker.ReadAsync(CancellationToken.None) is { } frame)
        {
            switch (frame.Kind)
            {
                case FrameKind.Data:
                    await ReceiveAsync(receive, frame.Payload, stop);
                    break;
                case FrameKind.Finished:
                    await ReturnAsync(lease, watch, registration);
                    stop.ThrowIfCancellationRequested();
                    return finish(frame.Payload);
                case FrameKind.Failed:
                    var failure = JsonSerializer.Deserialize(frame.Payload, ProtocolJson.Default.QueryFailure)!;
                    if (failure.Kind is not (FailureKind.Limit or FailureKind.Internal))
                    {
                        await ReturnAsync(lease, watch, registration);
                    }

                    throw Failure(lease.Worker, failure, stop);
            }
        }

        stop.ThrowIfCancellationRequested();
        throw watch.MemoryExceeded ? SqlErrors.Limit("The query needs more memory than it may have.") : new WorkerEndedException(lease.Worker);
    }

    /// <summary>Once the query is stopped, bytes that were on their way go nowhere, so that the worker comes to its end.</summary>
    static async ValueTask ReceiveAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> receive, byte[] payload, CancellationToken stop)
    {
        if (!stop.IsCancellationRequested)
        {
            try
            {
                await receive(payload, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The loop goes on to the end of the query.
            }
        }
    }

    static async Task ReturnAsync(WorkerLease lease, WorkerWatch watch, CancellationTokenRegistration registration)
    {
        await registration.DisposeAsync();
        await watch.DisposeAsync();
        lease.Return();
    }

    Exception Failure(WorkerProcess worker, QueryFailure failure, CancellationToken stop)
    {
        switch (failure.Kind)
        {
            case FailureKind.Syntax:
                return SqlErrors.Syntax(failure.Message);
            case FailureKind.Bind:
                return SqlErrors.Bind(failure.Message);
            case FailureKind.Denied:
                return SqlErrors.NotAllowed(failure.Message);
            case FailureKind.Limit:
                return SqlErrors.Limit(failure.Message);
            case FailureKind.Cancelled when stop.IsCancellationRequested:
                return new OperationCanceledException(stop);
            default:
                Log.QueryFailed(logger, worker.Id, failure.Message);
                return new InvalidOperationException($"The query failed in worker {worker.Id}.");
        }
    }
}
