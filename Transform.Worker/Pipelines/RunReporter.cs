using Lakehouse.Pipelines.Running;

namespace LakeAspire.Transform.Pipelines;

/// <summary>
/// Tells the catalog how a run goes, several times a second when something changes and otherwise often enough to hold the run; and learns from the answers that the run is not
/// this worker's any more.
/// </summary>
internal sealed class RunReporter(RunsClient runs, RunRecord run, string worker, int leaseSeconds, TimeProvider time, ILogger logger)
{
    /// <summary>A cancelled run is to stop within a second, and this is how it hears of it.</summary>
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);

    static readonly TimeSpan FinalPatience = TimeSpan.FromSeconds(30);

    readonly Lock gate = new();
    Dictionary<string, RunNode> changed = new(StringComparer.Ordinal);

    /// <summary>Takes a change of a model, to be sent with the next report.</summary>
    public void Add(NodeReport node)
    {
        lock (gate)
        {
            changed[node.Model] = RunNode.Of(node);
        }
    }

    /// <summary>Reports until it is cancelled; completes earlier when the run is lost.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        // Reports are no part of the run's trace: there would be more of them than of anything else.
        using var quiet = Unsampled.Start();
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (!await SendAsync(new RunReport(worker, leaseSeconds), cancellationToken))
                {
                    return;
                }
            }
            catch (HttpRequestException error)
            {
                Log.ReportFailed(logger, run.Id, error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>The last report. Tried for a while; if the catalog stays away the lease expires, and whoever takes the run then finds what became of it.</summary>
    public async Task FinishAsync(RunReport report, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                await SendAsync(report, cancellationToken);
                return;
            }
            catch (HttpRequestException error) when (time.GetElapsedTime(since) < FinalPatience)
            {
                Log.ReportFailed(logger, run.Id, error.Message);
                await Task.Delay(Interval, time, cancellationToken);
            }
            catch (HttpRequestException error)
            {
                Log.ReportFailed(logger, run.Id, error.Message);
                return;
            }
        }
    }

    async Task<bool> SendAsync(RunReport report, CancellationToken cancellationToken)
    {
        Dictionary<string, RunNode> sending;
        lock (gate)
        {
            (sending, changed) = (changed, new Dictionary<string, RunNode>(StringComparer.Ordinal));
        }

        try
        {
            return await runs.ReportAsync(run.Id, report with { Nodes = [.. sending.Values] }, cancellationToken);
        }
        catch
        {
            lock (gate)
            {
                foreach (var (model, node) in sending)
                {
                    changed.TryAdd(model, node);
                }
            }

            throw;
        }
    }
}
