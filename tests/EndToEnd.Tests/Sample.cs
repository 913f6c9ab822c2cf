using System.Diagnostics;
using System.Globalization;
using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>Writes sample months to a folder with the generator's own command.</summary>
public static class Sample
{
    public static async Task<IReadOnlyList<string>> WriteAsync(string folder, long events, int seed = 20220401)
    {
        var generator = Repository.PathOf("samples", "watchlog", "generator", "bin", LakeInstallation.Configuration, "net10.0", "LakeAspire.Samples.WatchLog.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                generator, $"--Sample:Output={folder}", $"--Sample:Events={events.ToString(CultureInfo.InvariantCulture)}", $"--Sample:Seed={seed.ToString(CultureInfo.InvariantCulture)}",
            },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
    }
}
