using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests;

/// <summary>An application of small programs, run in this process.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly TempFolder folder = new();
    DistributedApplication? app;

    public TestApp()
    {
        Builder = DistributedApplication.CreateBuilder(["--LakeAspire:Terminal=false"]);
        Builder.ConfigureHosting(options => options.LogFolder = folder.Below("logs"));
    }

    public IDistributedApplicationBuilder Builder { get; }

    public string Folder => folder.Path;

    public DistributedApplication App => app ??= Builder.Build();

    /// <summary>Adds a program that runs a shell script.</summary>
    public IResourceBuilder<ExecutableResource> AddScript(string name, string script) => Builder.AddExecutable(name, "/bin/sh", folder.Path, "-c", script);

    public string Below(string name) => folder.Below(name);

    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await App.StartAsync(limit.Token);
    }

    public async Task<CustomResourceSnapshot> WaitAsync(string name, Func<CustomResourceSnapshot, bool> predicate)
    {
        using var limit = new CancellationTokenSource(Limit);
        return (await App.ResourceNotifications.WaitForResourceAsync(name, e => predicate(e.Snapshot), limit.Token)).Snapshot;
    }

    public Task<CustomResourceSnapshot> WaitAsync(string name, string state) => WaitAsync(name, s => s.State?.Text == state);

    public string? StateOf(string name) => App.ResourceNotifications.TryGetCurrentState(name, out var state) ? state.Snapshot.State?.Text : null;

    public async Task<string> LogOfAsync(IResource resource)
    {
        var logs = (Aspire.Hosting.ApplicationModel.ResourceLoggerService)App.Services.GetService(typeof(ResourceLoggerService))!;
        var lines = new List<string>();
        await foreach (var batch in logs.GetAllAsync(resource))
        {
            lines.AddRange(batch.Select(l => l.Content));
        }

        return string.Join('\n', lines);
    }

    public static int ProcessIdOf(CustomResourceSnapshot state) =>
        int.Parse((string)state.Properties.Single(p => p.Name == "executable.pid").Value!, System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            using var limit = new CancellationTokenSource(Limit);
            await app.StopAsync(limit.Token);
            await app.DisposeAsync();
        }

        folder.Dispose();
    }
}
