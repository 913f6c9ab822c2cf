using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using LakeAspire.Hosting.Dashboard;
using LakeAspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LakeAspire.Hosting.Terminal;

/// <summary>
/// Tells the person who started the application what happens: a line for each resource as it comes up, then once all are well a table of the services with the links to sign in,
/// then a line for each change. What the services log goes to the dashboard and to files.
/// </summary>
internal sealed partial class TerminalReporter(
    HostingOptions options, ResourceNotificationService notifications, DistributedApplicationModel model, Notices notices, IDistributedApplicationEventing eventing, IServiceProvider services,
    TimeProvider time, ILogger<TerminalReporter> logger) : IHostedService, IDisposable
{
    /// <summary>Set to false by hosts that show the state of the application themselves.</summary>
    public const string ConfigurationKey = "LakeAspire:Terminal";

    readonly TerminalStyle style = new();
    readonly CancellationTokenSource stopping = new();
    readonly Lock gate = new();
    readonly ResourceProgress progress = new();
    readonly List<Task> tasks = [];
    long started;
    bool complete;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        started = time.GetTimestamp();

        // Only now is it sure that the application can start: errors before stand alone.
        eventing.Subscribe<AfterEndpointsAllocatedEvent>((_, _) =>
        {
            Write($"{style.Bold(options.ApplicationName)} starting …");
            foreach (var line in options.Introduction)
            {
                Write($"  {style.Dim(line)}");
            }

            tasks.Add(WatchAsync(stopping.Token));
            tasks.Add(RelayAsync(stopping.Token));
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAll(tasks);
        if (tasks.Count > 0)
        {
            Write($"{style.Bold(options.ApplicationName)} stopped");
        }
    }

    public void Dispose() => stopping.Dispose();

    async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                if (!IsShown(change.Resource))
                {
                    continue;
                }

                if (progress.Describe(change) is { } news)
                {
                    WriteNews(change, news);
                }

                if (!complete && model.Resources.Where(IsAwaited).All(IsWell))
                {
                    complete = true;
                    await SummariseAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application has stopped.
        }
    }

    async Task RelayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in notices.Reader.ReadAllAsync(cancellationToken))
            {
                Write($"  {style.Warn("·")} {line}");
            }
        }
        catch (OperationCanceledException)
        {
            // The application has stopped.
        }
    }

    void WriteNews(ResourceEvent change, ResourceNews news)
    {
        var sign = news.Kind switch { NewsKind.Good => style.Good("✓"), NewsKind.Bad => style.Bad("✗"), _ => style.Dim("·") };
        var when = style.Dim(string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds,6:0.0} s"));
        Write($"  {sign} {when}  {change.Resource.Name.PadRight(NameWidth)}  {news.Text}");
    }

    async Task SummariseAsync(CancellationToken cancellationToken)
    {
        var rows = model.Resources.Where(IsAwaited).Select(r => (r.Name, Url: AddressOf(r), Health: "healthy")).ToList();
        var urlWidth = rows.Max(r => r.Url.Length);
        Write("");
        Write($"  {style.Bold("Service".PadRight(NameWidth))}  {style.Bold("URL".PadRight(urlWidth))}  {style.Bold("Health")}");
        foreach (var (name, url, health) in rows)
        {
            Write($"  {name.PadRight(NameWidth)}  {url.PadRight(urlWidth)}  {style.Good(health)}");
        }

        Write("");
        foreach (var note in options.Notes)
        {
            if (await AskAsync(note, cancellationToken) is { } line)
            {
                Write($"  {line}");
            }
        }

        if (services.GetService<DashboardResource>() is { } dashboard)
        {
            Write($"  Dashboard:  {style.Link(dashboard.LoginUrl)}");
        }

        Write($"  {style.Dim("Ctrl-C stops everything.")}");
        Write("");
        tasks.AddRange(options.Reports.Select(report => ReportAsync(report, cancellationToken)));
    }

    async Task<string?> AskAsync(Func<IServiceProvider, CancellationToken, Task<string?>> note, CancellationToken cancellationToken)
    {
        try
        {
            return await note(services, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            NoteFailed(logger, error.Message);
            return null;
        }
    }

    async Task ReportAsync(Func<IServiceProvider, CancellationToken, IAsyncEnumerable<string>> report, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in report(services, cancellationToken))
            {
                Write($"  {style.Good("✓")} {style.Dim(string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds,6:0.0} s"))}  {line}");
            }
        }
        catch (OperationCanceledException)
        {
            // The application has stopped.
        }
        catch (Exception error)
        {
            NoteFailed(logger, error.Message);
        }
    }

    int NameWidth => model.Resources.Where(IsShown).Max(r => r.Name.Length);

    bool IsWell(IResource resource) => notifications.TryGetCurrentState(resource.Name, out var state) && state.Snapshot.HealthStatus == HealthStatus.Healthy;

    static bool IsShown(IResource resource) => resource is ProjectResource or ExecutableResource or PostgresServerResource;

    /// <summary>Services, but not programs that run once.</summary>
    static bool IsAwaited(IResource resource) =>
        IsShown(resource) && resource.Annotations.OfType<EndpointAnnotation>().Any() && !resource.TryGetLastAnnotation<ExplicitStartupAnnotation>(out _);

    static string AddressOf(IResource resource)
    {
        var endpoint = resource.Annotations.OfType<EndpointAnnotation>().First().AllocatedEndpoint!;
        return endpoint.UriScheme is "http" or "https" ? endpoint.UriString : $"{endpoint.Address}:{endpoint.Port}";
    }

    void Write(string line)
    {
        lock (gate)
        {
            Console.Out.WriteLine(line);
        }
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "{Reason}")]
    static partial void NoteFailed(ILogger logger, string reason);
}
