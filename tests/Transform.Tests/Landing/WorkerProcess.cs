using System.Diagnostics;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Transform.Worker.Tests.Landing;

/// <summary>The worker as a process of its own.</summary>
internal sealed class WorkerProcess : IDisposable
{
    readonly Process process;
    readonly List<string> lines = [];
    readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    WorkerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static WorkerProcess Start(LandingBench bench, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", Path.Combine(AppContext.BaseDirectory, "LakeAspire.Transform.Worker.dll") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        (string Key, string Value)[] all =
        [
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("services__catalog-api__http__0", bench.Catalog.Address.ToString()), ("Lake__Auth__ServiceKey", CatalogServer.ServiceKey),
            ("Lake__Auth__UserKey", CatalogServer.UserKey), ("Lake__Storage__Warehouse", bench.Catalog.Warehouse), ("Lake__Storage__Landing", bench.LandingLocation),
            ("Lake__Storage__Scratch", bench.Scratch), .. settings,
        ];
        foreach (var (key, value) in all)
        {
            start.Environment[key] = value;
        }

        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it is up.</summary>
    public Task ReadyAsync() => listening.Task.WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>Kills it with SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Waits for a condition while it runs; says what it printed if it ends instead.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, string what) => Until.TrueAsync(
        async () =>
        {
            Assert.False(process.HasExited, $"the worker ended:\n{Printed()}");
            return await condition();
        },
        what, TimeSpan.FromMinutes(3));

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    string Printed()
    {
        lock (lines)
        {
            return string.Join('\n', lines.TakeLast(40));
        }
    }

    void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Add(line);
        }

        if (line.Contains("Now listening", StringComparison.Ordinal))
        {
            listening.TrySetResult();
        }
    }
}
