using System.Net;
using Polly;
using Polly.Retry;

namespace LakeAspire.ServiceDefaults.Discovery;

/// <summary>Retries safe requests while a service restarts: up to 5 times within about 6 seconds, with jitter.</summary>
internal sealed class RetryHandler : DelegatingHandler
{
    readonly ResiliencePipeline<HttpResponseMessage> pipeline;

    public RetryHandler(TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        pipeline = builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 5,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(150),
            MaxDelay = TimeSpan.FromSeconds(3),
            UseJitter = true,
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .HandleResult(r => r.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout),
        }).Build();
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A body is sent once: whether it can be sent again is the caller's knowledge, who says so with an Idempotency-Key and a rewindable content.
        var safe = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head
            || (request.Headers.Contains("Idempotency-Key") && request.Content is null or ByteArrayContent);
        return safe
            ? pipeline.ExecuteAsync(async token => await base.SendAsync(request, token), cancellationToken).AsTask()
            : base.SendAsync(request, cancellationToken);
    }
}
