using System.Collections.Concurrent;
using System.Net;

namespace Lakehouse.Storage.Tests.Remote;

/// <summary>What happens to a request on its way.</summary>
public enum Fault
{
    None,

    /// <summary>It arrives, and its answer does not.</summary>
    LostAnswer,

    /// <summary>It does not arrive.</summary>
    LostRequest,

    /// <summary>The server answers 503.</summary>
    Busy,
}

/// <summary>Requests on their way to a real server, some of which meet with faults; remembers them all.</summary>
public sealed class FaultyHandler(HttpMessageHandler inner, Func<HttpRequestMessage, Fault> fault) : DelegatingHandler(inner)
{
    public ConcurrentQueue<(HttpMethod Method, Uri Uri, Dictionary<string, string> Headers)> Requests { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue((request.Method, request.RequestUri!, request.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase)));
        switch (fault(request))
        {
            case Fault.LostRequest:
                throw new HttpRequestException("the connection broke");
            case Fault.Busy:
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request, Content = new StringContent("") };
            case Fault.LostAnswer:
                (await base.SendAsync(request, cancellationToken)).Dispose();
                throw new HttpRequestException("the connection broke");
            default:
                return await base.SendAsync(request, cancellationToken);
        }
    }
}
