using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LakeAspire.ServiceDefaults.Telemetry;

/// <summary>Owns the trace and metric providers for the life of the service. Our own sources and meters are named <c>LakeAspire.*</c> or <c>Lakehouse.*</c>.</summary>
internal sealed class TelemetryProviders : IHostedService, IDisposable
{
    TracerProvider? traces;
    MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        traces = Sdk.CreateTracerProviderBuilder()
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "LakeAspire.*", "Lakehouse.*")
            .AddProcessor(new HttpSpanNames())
            .AddOtlpExporter()
            .Build();
        metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "LakeAspire.*", "Lakehouse.*")
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        traces?.ForceFlush(2000);
        metrics?.ForceFlush(2000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }
}

/// <summary>Gives the framework's HTTP spans readable names, and drops those of health checks.</summary>
internal sealed class HttpSpanNames : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        var path = data.GetTagItem("url.path") as string;
        if (path is "/health" or "/alive")
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        if (data.GetTagItem("http.request.method") is string method && data.Source.Name is "Microsoft.AspNetCore" or "System.Net.Http")
        {
            var target = data.GetTagItem("http.route") as string ?? path
                ?? (data.GetTagItem("url.full") is string url && Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.AbsolutePath : null);
            data.DisplayName = target is null ? (string)data.GetTagItem("http.request.method")! : $"{data.GetTagItem("http.request.method")} {target}";
        }
    }
}
