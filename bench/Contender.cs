using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LakeAspire.Testing;

namespace LakeAspire.Bench;

/// <summary>What one run took.</summary>
/// <param name="Seconds">From the first byte read to the last one written, the runtime's own start aside.</param>
/// <param name="Rows">Rows of the result; all contenders must agree.</param>
/// <param name="PeakMb">Largest resident set of the process.</param>
internal sealed record Measure(double Seconds, long Rows, double PeakMb);

/// <summary>One that does the work, in a process of its own.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Start">The process for a task, its input and its output.</param>
internal sealed record Contender(string Name, Func<BenchTask, string, string, ProcessStartInfo> Start)
{
    /// <summary>A command of this very program.</summary>
    public static Contender Own(string name) => new(name, (task, input, output) =>
        new ProcessStartInfo("dotnet") { ArgumentList = { Environment.GetCommandLineArgs()[0], "child", name, task.Name, input, output } });

    public static Contender Polars { get; } = new("polars", (task, input, output) =>
        new ProcessStartInfo("node") { ArgumentList = { Repository.PathOf("bench", "peers", "polars", "bench.mjs"), task.Name, input, output } });

    public async Task<Measure> RunAsync(BenchTask task, string input, string output)
    {
        var start = Start(task, input, output);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Name} failed at {task.Name}: {await errors}");
        }

        return JsonSerializer.Deserialize<Measure>(lines[^1], JsonSerializerOptions.Web)!;
    }

    /// <summary>The line that a child ends with.</summary>
    /// <param name="took">Time.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="process">Process that did the work, as below /proc.</param>
    public static string Report(TimeSpan took, long rows, string process)
    {
        var peak = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kilobytes = double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return JsonSerializer.Serialize(new Measure(took.TotalSeconds, rows, kilobytes / 1024), JsonSerializerOptions.Web);
    }
}

/// <summary>A piece of work that all contenders do.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Title">As the table shows it.</param>
internal sealed record BenchTask(string Name, string Title)
{
    public static BenchTask Bronze { get; } = new("bronze", "NDJSON to bronze");

    public static BenchTask Pipeline { get; } = new("pipeline", "bronze to gold");
}
