using System.Diagnostics;
using System.Text.Json;
using LakeAspire.Query.Worker.Execution;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;

// Runs untrusted SQL, one order at a time, and lives no longer than the process that started it: it ends when standard input does, in the middle of a query too.
ProcessLimits.NoCoreDumps();
var input = Console.OpenStandardInput();
var output = StandardOutput.Claim();
await Frame.WriteAsync(output, FrameKind.Ready, System.Text.Encoding.UTF8.GetBytes(DuckDbDatabase.Version), CancellationToken.None);

var running = Task.CompletedTask;
var received = new ReceivedInputs();
CancellationTokenSource? cancel = null;
while (await Frame.ReadAsync(input, CancellationToken.None) is { } frame)
{
    switch (frame.Kind)
    {
        case FrameKind.Input:
            received.Add(frame.Payload);
            break;
        case FrameKind.Query:
            await running;
            cancel?.Dispose();
            cancel = new CancellationTokenSource();
            var order = JsonSerializer.Deserialize(frame.Payload, ProtocolJson.Default.QueryOrder)!;
            ProcessLimits.Memory(order.ProcessMemoryLimit);
            var inputs = received.Take();
            running = Task.Run(() => QueryExecutor.RunAsync(order, inputs, output, cancel.Token));
            break;
        case FrameKind.Plan:
            await running;
            cancel?.Dispose();
            cancel = new CancellationTokenSource();
            var planned = JsonSerializer.Deserialize(frame.Payload, ProtocolJson.Default.PlanOrder)!;
            ProcessLimits.Memory(planned.ProcessMemoryLimit);
            running = Task.Run(() => QueryPlanner.RunAsync(planned, output, cancel.Token));
            break;
        case FrameKind.Cancel when cancel is not null:
            await cancel.CancelAsync();
            break;
    }
}

if (!running.IsCompleted)
{
    // No orderly end: a query may be deep in DuckDB's planner, which nothing interrupts.
    Process.GetCurrentProcess().Kill();
}
