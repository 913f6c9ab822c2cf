using Polly;
using Polly.Retry;

namespace Lakehouse.Storage.Remote;

/// <summary>Makes calls again that a store or the network failed: up to 6 times within about 8 seconds of waiting, with jitter.</summary>
internal sealed class RemoteRetry
{
    readonly ResiliencePipeline pipeline;

    public RemoteRetry(TimeProvider time) => pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = 6,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(120),
            MaxDelay = TimeSpan.FromSeconds(4),
            UseJitter = true,
            ShouldHandle = new PredicateBuilder().Handle<RemoteFailure>(failure => failure.IsRetryable),
        })
        .Build();

    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(async token => await call(token), cancellationToken);

    public async Task RunAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(async token => await call(token), cancellationToken);
}
