using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Lakehouse.Engine.Native;
using Lakehouse.Engine.Results;
using Lakehouse.Formats.Columns;

namespace Lakehouse.Engine;

/// <summary>The result of a statement. A thread of its own computes batches, a few ahead of who reads them. Dispose it to give the connection back, which interrupts what is left.</summary>
public sealed class DuckDbResult : IAsyncDisposable
{
    /// <summary>Batches computed ahead: enough that the two threads seldom wait for each other, 32,768 rows at most.</summary>
    const int Ahead = 16;

    readonly DuckDbConnection connection;
    readonly CancellationToken callerToken;
    readonly CancellationTokenSource stop;
    readonly SemaphoreSlim room = new(Ahead);
    readonly Channel<DuckDbBatch> batches = Channel.CreateUnbounded<DuckDbBatch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ColumnLayout[] layouts = [];
    int disposed;

    DuckDbResult(DuckDbConnection connection, CancellationToken callerToken)
    {
        this.connection = connection;
        this.callerToken = callerToken;
        stop = CancellationTokenSource.CreateLinkedTokenSource(callerToken);
    }

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; private set; } = [];

    /// <summary>The batches, once. Each is the reader's to dispose.</summary>
    /// <exception cref="EngineException">DuckDB fails; the batches so far are a part of the result, not the whole.</exception>
    public async IAsyncEnumerable<ColumnBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), stop);
        while (await batches.Reader.WaitToReadAsync(cancellationToken))
        {
            while (batches.Reader.TryRead(out var batch))
            {
                room.Release();
                yield return batch;
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await stop.CancelAsync();
        await finished.Task;
        while (batches.Reader.TryRead(out var left))
        {
            left.Dispose();
        }

        stop.Dispose();
        room.Dispose();
    }

    internal static async Task<DuckDbResult> StartAsync(DuckDbConnection connection, string sql, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        var result = new DuckDbResult(connection, cancellationToken);
        EngineThread.Start(() => result.Run(sql, parameters));
        try
        {
            await result.started.Task;
            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    void Run(string sql, IReadOnlyList<object?> parameters)
    {
        Exception? failure = null;
        try
        {
            using var interrupt = connection.InterruptOn(stop.Token);
            Stream(sql, parameters);
        }
        catch (OperationCanceledException)
        {
            failure = new OperationCanceledException(callerToken.IsCancellationRequested ? callerToken : stop.Token);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        connection.Release();
        batches.Writer.Complete(failure);
        if (failure is not null)
        {
            started.TrySetException(failure);
        }

        finished.SetResult();
    }

    unsafe void Stream(string sql, IReadOnlyList<object?> parameters)
    {
        var token = stop.Token;
        using var statement = StatementRun.PrepareOne(connection.Handle, sql, token);
        ParameterBinder.Bind(statement, parameters);
        using var pending = StatementRun.Pending(statement, streaming: true, token);
        using var result = StatementRun.Complete(pending, token);
        ReadColumns(result);
        started.SetResult();
        while (true)
        {
            room.Wait(token);
            var chunk = NativeMethods.duckdb_fetch_chunk(*result.Pointer);
            if (chunk.IsInvalid)
            {
                chunk.Dispose();
                break;
            }

            batches.Writer.TryWrite(new DuckDbBatch(chunk, layouts));
        }

        // No chunk means the end or an error; only the result tells.
        var error = NativeMethods.duckdb_result_error(result.Pointer);
        if (error is not null)
        {
            throw StatementRun.Failure(error, token);
        }

        token.ThrowIfCancellationRequested();
    }

    unsafe void ReadColumns(ResultHandle result)
    {
        var count = (int)NativeMethods.duckdb_column_count(result.Pointer);
        layouts = new ColumnLayout[count];
        var columns = new ResultColumn[count];
        var nextId = count + 1;
        for (var i = 0; i < count; i++)
        {
            using var type = NativeMethods.duckdb_column_logical_type(result.Pointer, (ulong)i);
            var name = NativeText.Borrowed(NativeMethods.duckdb_column_name(result.Pointer, (ulong)i)) ?? "";
            layouts[i] = ColumnLayout.Of(type, name, ref nextId);
            columns[i] = new ResultColumn(name, layouts[i].Type, layouts[i].Name);
        }

        Columns = columns;
    }
}
