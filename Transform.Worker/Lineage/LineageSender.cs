using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LakeAspire.Transform.Pipelines;

namespace LakeAspire.Transform.Lineage;

/// <summary>Sends waiting events to the catalog in batches, in their order, and tries again for as long as the worker runs.</summary>
internal sealed class LineageSender(LineageQueue queue, IHttpClientFactory clients, TimeProvider time, ILogger<LineageSender> logger) : BackgroundService
{
    const int BatchSize = 200;
    const int ShownAnswer = 500;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LastChance = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Sending is no part of what is sent, nor of its trace.
        using var quiet = Unsampled.Start();
        var batch = new List<JsonObject>();
        try
        {
            while (await queue.Reader.WaitToReadAsync(stoppingToken))
            {
                Take(batch);
                var pause = FirstPause;
                while (!await TrySendAsync(batch, stoppingToken))
                {
                    await Task.Delay(pause, time, stoppingToken);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }

                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await FlushAsync(batch);
        }
    }

    /// <summary>What still waits when the worker stops, if the catalog takes it at once.</summary>
    async Task FlushAsync(List<JsonObject> batch)
    {
        using var deadline = new CancellationTokenSource(LastChance, time);
        try
        {
            do
            {
                if (batch.Count > 0 && !await TrySendAsync(batch, deadline.Token))
                {
                    return;
                }

                batch.Clear();
                Take(batch);
            }
            while (batch.Count > 0);
        }
        catch (OperationCanceledException)
        {
            // It had its chance.
        }
    }

    void Take(List<JsonObject> batch)
    {
        while (batch.Count < BatchSize && queue.Reader.TryRead(out var happened))
        {
            batch.Add(happened);
        }

        if (queue.TakeDropped() is > 0 and var dropped)
        {
            LineageLog.Dropped(logger, dropped);
        }
    }

    /// <summary>Whether there is nothing more to be done for a batch.</summary>
    async Task<bool> TrySendAsync(List<JsonObject> batch, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            var body = new JsonArray([.. batch.Select(b => b.DeepClone())]);
            using var response = await clients.CreateClient("catalog-api").PostAsJsonAsync("api/lineage/batch", body, timeout.Token);
            if (response.StatusCode == System.Net.HttpStatusCode.Created)
            {
                return true;
            }

            if ((int)response.StatusCode >= 500 || response.StatusCode is System.Net.HttpStatusCode.RequestTimeout or System.Net.HttpStatusCode.TooManyRequests)
            {
                LineageLog.NotTold(logger, $"it answers {(int)response.StatusCode}");
                return false;
            }

            var answer = await response.Content.ReadAsStringAsync(timeout.Token);
            LineageLog.Refused(logger, batch.Count, answer.Length > ShownAnswer ? answer[..ShownAnswer] : answer);
            return true;
        }
        catch (HttpRequestException error)
        {
            LineageLog.NotTold(logger, error.Message);
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LineageLog.NotTold(logger, "it does not answer in time");
            return false;
        }
    }
}
