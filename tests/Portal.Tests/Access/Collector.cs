using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LakeAspire.Portal.Tests.Access;

/// <summary>Takes telemetry by OTLP over HTTP, and keeps its bytes: texts stand in them as they are.</summary>
internal sealed class Collector : IAsyncDisposable
{
    readonly ConcurrentQueue<string> received = new();
    readonly WebApplication app;

    Collector(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    public string Received => string.Concat(received);

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var collector = new Collector(builder.Build());
        collector.app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            collector.received.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
