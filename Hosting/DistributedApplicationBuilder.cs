using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using LakeAspire.Hosting;
using LakeAspire.Hosting.Dashboard;
using LakeAspire.Hosting.Health;
using LakeAspire.Hosting.Logging;
using LakeAspire.Hosting.Publishing;
using LakeAspire.Hosting.Running;
using LakeAspire.Hosting.Terminal;
using LakeAspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    readonly HostApplicationBuilder inner;
    readonly List<IResource> resources = [];
    readonly bool withDashboard;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        TestScope = TestScope.Current;
        inner = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        inner.Configuration.AddEnvironmentVariables();
        inner.Configuration.AddCommandLine(options.Args ?? [], new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["--publisher"] = "Publishing:Publisher",
            ["--output-path"] = "Publishing:OutputPath",
        });
        ExecutionContext = new(Publisher is null ? DistributedApplicationOperation.Run : DistributedApplicationOperation.Publish);
        withDashboard = ExecutionContext.IsRunMode && !options.DisableDashboard;

        var assembly = options.AssemblyName is { } name ? Assembly.Load(name) : TestScope?.EntryAssembly ?? Assembly.GetEntryAssembly();
        AppHostDirectory = assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "apphostprojectpath")?.Value ?? Directory.GetCurrentDirectory();
        Services.AddSingleton(new AppHostIdentity(assembly?.GetName().Name ?? "AppHost", AppHostDirectory));
        AddServices();
    }

    public ConfigurationManager Configuration => inner.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => inner.Environment;

    public IServiceCollection Services => inner.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public IReadOnlyList<IResource> Resources => resources;

    public TestScope? TestScope { get; }

    public HostingOptions HostingOptions { get; } = new();

    string? Publisher => inner.Configuration["Publishing:Publisher"];

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (resources.FirstOrDefault(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            throw new DistributedApplicationException($"Cannot add resource of type '{typeof(T)}' with name '{resource.Name}' because resource of type '{other.GetType()}' has that name already.");
        }

        resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        TestScope?.OnBuilding();
        if (withDashboard)
        {
            DashboardResource.TryAddTo(this);
        }

        Services.AddSingleton(new DistributedApplicationModel(resources));
        var app = new DistributedApplication(inner.Build(), TestScope);
        TestScope?.OnBuilt(app);
        return app;
    }

    void AddServices()
    {
        Services.TryAddSingleton(TimeProvider.System);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton(provider => new ResourceLoggerService(HostingOptions, provider.GetRequiredService<LogRedaction>(), provider.GetRequiredService<TimeProvider>()));
        Services.AddSingleton<ResourceCommandService>();
        Services.AddSingleton<ManifestPublisher>();
        Services.AddSingleton<LogRedaction>();
        Services.AddSingleton<Notices>();
        Services.AddSingleton(HostingOptions);
        Services.AddHealthChecks();
        Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(StandardErrorLogger.Provider));
        if (ExecutionContext.IsPublishMode)
        {
            return;
        }

        Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(60));
        Services.AddSingleton<IHostLifetime, SignalLifetime>();
        Services.AddRunning();
        Services.AddSingleton<HealthMonitor>();

        // Stopped in reverse: the terminal is the first to start and the last to stop, so that it sees everything.
        if (TestScope is null && Configuration[TerminalReporter.ConfigurationKey] is not "false")
        {
            Services.AddHostedService<TerminalReporter>();
        }

        Services.AddSingleton<ResourceServiceHost>();
        Services.AddHostedService<Orchestrator>();
    }
}

/// <summary>The program that hosts the application.</summary>
internal sealed record AppHostIdentity(string Name, string Directory);
