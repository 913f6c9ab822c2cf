using Lakehouse.Formats;
using Lakehouse.Sources;
using Lakehouse.Sources.Landing;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Landing;

/// <summary>Looks at the landing zone again and again, and has each stream's files loaded. A stream that fails waits for a while, and the others go on.</summary>
internal sealed class LandingLoop(LandingZone landing, BatchLoader loader, IOptions<LandingOptions> options, TimeProvider time, ILogger<LandingLoop> logger) : BackgroundService
{
    static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);
    static readonly TimeSpan SweepAge = TimeSpan.FromDays(30);
    readonly Dictionary<StreamName, BackOff> backOffs = [];
    readonly HashSet<string> told = new(StringComparer.Ordinal);
    long lastSweep;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var away = new BackOff(options.Value.MaxBackOff, time);
        lastSweep = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var loadedAny = false;
            try
            {
                foreach (var stream in await landing.StreamsAsync(stoppingToken))
                {
                    loadedAny |= await LoadAsync(stream, stoppingToken);
                }

                await SweepAsync(stoppingToken);
                away.Succeeded();
            }
            catch (LakehouseException e) when (!stoppingToken.IsCancellationRequested)
            {
                LandingLog.LandingAway(logger, e, away.Failed());
                await away.WaitAsync(stoppingToken);
            }

            if (!loadedAny)
            {
                await Task.Delay(options.Value.PollInterval, time, stoppingToken);
            }
        }
    }

    /// <summary>Loads what one commit takes; true when there may be more.</summary>
    async Task<bool> LoadAsync(StreamName stream, CancellationToken cancellationToken)
    {
        if (!backOffs.TryGetValue(stream, out var backOff))
        {
            backOffs[stream] = backOff = new BackOff(options.Value.MaxBackOff, time);
        }

        if (backOff.IsWaiting)
        {
            return false;
        }

        var pending = await landing.PendingAsync(stream, new LandingLimits(options.Value.MaxFiles, options.Value.MaxBytes), cancellationToken);
        foreach (var location in pending.Unreadable.Where(told.Add))
        {
            LandingLog.NoManifest(logger, location);
        }

        if (pending.Files.Count == 0)
        {
            return false;
        }

        try
        {
            var outcome = await loader.LoadAsync(stream, pending.Files, checkFirst: !backOff.HasSucceeded, cancellationToken);
            if (outcome is LoadOutcome.TryAgain(var reason))
            {
                LandingLog.NotCommitted(logger, stream.Value, reason, backOff.Failed());
                return false;
            }

            backOff.Succeeded();
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not OutOfMemoryException)
        {
            LandingLog.Failed(logger, e, stream.Value, backOff.Failed());
            return false;
        }
    }

    async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(lastSweep) < SweepInterval)
        {
            return;
        }

        lastSweep = time.GetTimestamp();
        foreach (var stream in await landing.StreamsAsync(cancellationToken))
        {
            var count = await landing.SweepAsync(stream, time.GetUtcNow() - SweepAge, cancellationToken);
            if (count > 0)
            {
                LandingLog.Swept(logger, count, stream.Value);
            }
        }
    }
}
