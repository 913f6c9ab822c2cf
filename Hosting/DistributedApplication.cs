using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Publishing;
using LakeAspire.Hosting.Running;
using LakeAspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application of several processes.</summary>
public sealed class DistributedApplication : IHost, IAsyncDisposable
{
    readonly IHost host;
    readonly TestScope? test;

    internal DistributedApplication(IHost host, TestScope? test)
    {
        (this.host, this.test) = (host, test);
    }

    /// <summary>Services of the application host.</summary>
    public IServiceProvider Services => host.Services;

    /// <summary>The state of the resources.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Commands to the resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>A builder.</summary>
    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    /// <summary>A builder.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    /// <summary>A builder.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options)
    {
        var builder = new DistributedApplicationBuilder(options);
        builder.TestScope?.OnCreated(builder);
        return builder;
    }

    /// <summary>Starts everything.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => host.StartAsync(cancellationToken);

    /// <summary>Stops everything, in reverse order.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    /// <summary>Starts everything, waits for a signal to stop, and stops everything; or writes the manifest, if that is what the arguments say.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (test is not null)
        {
            await test.RunAsync(this, cancellationToken);
            return;
        }

        try
        {
            if (Services.GetRequiredService<DistributedApplicationExecutionContext>().IsPublishMode)
            {
                await Services.GetRequiredService<ManifestPublisher>().PublishAsync(cancellationToken);
                return;
            }

            await host.StartAsync(cancellationToken);
            await host.WaitForShutdownAsync(cancellationToken);
        }
        catch (Exception error) when (StartFailure.Describe(error) is { } line)
        {
            // The environment's exit code, since the entry point that awaits this call need not return one.
            Environment.ExitCode = 1;
            await Console.Error.WriteLineAsync(line);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await host.StopAsync(limit.Token);
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>As <see cref="RunAsync"/>, on this thread.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    public void Dispose() => host.Dispose();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }

        test?.OnDisposed();
    }
}
