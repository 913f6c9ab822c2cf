using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using LakeAspire.Hosting.Processes;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests.AppHost;

/// <summary>The real AppHost as a process of its own.</summary>
internal sealed class AppHostProcess : IDisposable
{
    readonly Process process;
    readonly ConcurrentQueue<string> output = new();
    readonly ConcurrentQueue<string> errors = new();
    readonly Task reading;

    AppHostProcess(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(LinePump.RunAsync(process.StandardOutput, output.Enqueue), LinePump.RunAsync(process.StandardError, errors.Enqueue));
    }

    public int Id => process.Id;

    public string Output => string.Join('\n', output);

    public string Errors => string.Join('\n', errors);

    public static AppHostProcess Start(params string[] args)
    {
        var start = new ProcessStartInfo(DotNetHost.Path, [typeof(AppHostProject).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };

        // What the tests are started with must not reach it.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("LAKEASPIRE_", StringComparison.Ordinal) && k != "LAKEASPIRE_NATIVE").ToList())
        {
            start.Environment.Remove(name);
        }

        return new(Process.Start(start)!);
    }

    public static async Task<(int ExitCode, string Output, string Errors)> RunToEndAsync(params string[] args)
    {
        using var host = Start(args);
        var code = await host.WaitForExitAsync();
        return (code, host.Output, host.Errors);
    }

    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(limit.Token);
        await reading.WaitAsync(limit.Token);
        return process.ExitCode;
    }

    public Task WaitForOutputAsync(string text) =>
        Eventually.IsTrueAsync(() => process.HasExited ? throw new InvalidOperationException($"ended with {process.ExitCode}:\n{Output}\n{Errors}") : Output.Contains(text, StringComparison.Ordinal), $"the line '{text}' in:\n{Output}", TimeSpan.FromMinutes(3));

    public void Signal(StopSignal signal) => UnixSignals.Send(Id, signal);

    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    /// <summary>All processes that bear the mark of the AppHost that keeps its data in a folder.</summary>
    public static List<string> ProcessesOf(string mark) =>
        [.. Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _) && Read(Path.Combine(folder, "environ")).Contains(mark, StringComparison.Ordinal))
            .Select(folder => Read(Path.Combine(folder, "cmdline")).Replace('\0', ' '))];

    /// <summary>The mark of the AppHost's programs, from the environment of one of them.</summary>
    public string Mark()
    {
        Needs.Require(OperatingSystem.IsLinux(), "/proc");
        var children = Directory.GetDirectories($"/proc/{Id}/task").SelectMany(t => Read(Path.Combine(t, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return children.SelectMany(child => Read($"/proc/{child}/environ").Split('\0')).First(v => v.StartsWith(Guardian.MarkVariable + "=", StringComparison.Ordinal));
    }

    public static JsonObject EndpointsIn(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "endpoints.json")))!.AsObject();

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
