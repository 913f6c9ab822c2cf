using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LakeAspire.Hosting.Dashboard;

/// <summary>Listens for the dashboard, if there is one.</summary>
internal sealed class ResourceServiceHost(IServiceProvider services, HostingOptions options, LogRedaction redaction)
{
    WebApplication? app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<DashboardResource>() is not { } dashboard)
        {
            return;
        }

        dashboard.Keys.Hide(redaction);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // Calls stay open in silence for hours; Kestrel takes that for an attack, and would reset the connection of all of them after five seconds.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, dashboard.ResourceServiceEndpoint.Port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        app = builder.Build();
        app.Use(RequireKey(dashboard.Keys.ResourceService));
        app.UseRouting();
        ActivatorUtilities.CreateInstance<ResourceService>(services, options).MapTo(app);
        await app.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (app is not null)
        {
            await app.StopAsync(cancellationToken);
            await app.DisposeAsync();
        }
    }

    static Func<HttpContext, RequestDelegate, Task> RequireKey(string key)
    {
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return (context, next) =>
        {
            var given = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers["x-resource-service-api-key"].ToString()));
            if (CryptographicOperations.FixedTimeEquals(expected, given))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
    }
}
