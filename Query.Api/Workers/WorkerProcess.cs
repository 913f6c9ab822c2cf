using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine.Scans;

namespace LakeAspire.Query.Workers;

/// <summary>A worker process. Closing its standard input ends it, in the middle of a query too; so does the end of this process.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    const int ErrorsKept = 4000;
    const long ManagedHeapLimit = 192L << 20;

    /// <summary>Bytes of inputs that a query may have: they take about as much of the managed heap of the worker.</summary>
    const long MaxInputs = 64L << 20;
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    readonly Process process;
    readonly Stream input;
    readonly Stream output;
    readonly StringBuilder errors = new();
    readonly SemaphoreSlim writing = new(1);
    int ended;

    WorkerProcess(Process process)
    {
        this.process = process;
        input = process.StandardInput.BaseStream;
        output = process.StandardOutput.BaseStream;
        process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What it wrote to standard error, for the log.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
            {
                return errors.ToString();
            }
        }
    }

    /// <summary>Starts a worker and waits until it is ready.</summary>
    /// <exception cref="WorkerEndedException">It ended instead.</exception>
    public static async Task<WorkerProcess> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var worker = new WorkerProcess(Process.Start(WorkerCommand.Create(ManagedHeapLimit)) ?? throw new InvalidOperationException("No worker process was started."));
        try
        {
            using var limit = new CancellationTokenSource(StartLimit, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            return await worker.ReadAsync(both.Token) is (FrameKind.Ready, _) ? worker : throw new WorkerEndedException(worker);
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a query, and before it what its relations need beside their files. When that fails the worker is of no more use.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">The inputs are too large.</exception>
    public async Task SendAsync(QueryOrder order, IReadOnlyCollection<RelationInput> inputs, CancellationToken stop)
    {
        var size = 0L;
        foreach (var message in RelationInputs.Write(inputs))
        {
            stop.ThrowIfCancellationRequested();
            size += message.Length;
            if (size > MaxInputs)
            {
                throw SqlErrors.Limit($"The positions of the deleted rows in the files that the query reads take more than {MaxInputs} bytes, which are the limit: read fewer files, or have the tables' data files rewritten.");
            }

            await WriteAsync(FrameKind.Input, message);
        }

        await WriteAsync(FrameKind.Query, JsonSerializer.SerializeToUtf8Bytes(order, ProtocolJson.Default.QueryOrder));
    }

    public Task SendAsync(PlanOrder order) => WriteAsync(FrameKind.Plan, JsonSerializer.SerializeToUtf8Bytes(order, ProtocolJson.Default.PlanOrder));

    public Task CancelAsync() => WriteAsync(FrameKind.Cancel, ReadOnlyMemory<byte>.Empty);

    /// <summary>The next frame; null when the worker has ended.</summary>
    public async Task<(FrameKind Kind, byte[] Payload)?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Frame.ReadAsync(output, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Bytes that it has in memory; 0 when it has ended.</summary>
    public long ResidentMemory()
    {
        try
        {
            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    public void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref ended, 1) != 0)
        {
            return;
        }

        Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        writing.Dispose();
    }

    /// <summary>Never cut short: half a frame would spoil those after it. A worker that doesn't read is killed, which ends the write.</summary>
    async Task WriteAsync(FrameKind kind, ReadOnlyMemory<byte> payload)
    {
        await writing.WaitAsync();
        try
        {
            await Frame.WriteAsync(input, kind, payload, CancellationToken.None);
        }
        catch (IOException)
        {
            // The worker is gone, which reading from it tells.
        }
        finally
        {
            writing.Release();
        }
    }

    void KeepError(string? line)
    {
        lock (errors)
        {
            if (line is not null && errors.Length < ErrorsKept)
            {
                errors.AppendLine(line);
            }
        }
    }
}

/// <summary>A worker ended when it should not have.</summary>
internal sealed class WorkerEndedException(WorkerProcess worker) : Exception($"Query worker {worker.Id} ended. {worker.Errors}");
