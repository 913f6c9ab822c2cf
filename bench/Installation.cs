using System.Diagnostics;
using LakeAspire.Testing;

namespace LakeAspire.Bench;

/// <summary>An AppHost with the sample's pipeline and no data, for one round.</summary>
internal sealed class Installation : IAsyncDisposable
{
    readonly TempFolder folder = new();
    readonly Process host;

    Installation(Process host, TempFolder folder) => (this.host, this.folder) = (host, folder);

    public string Folder => folder.Below("lake");

    public static async Task<Installation> StartAsync()
    {
        var folder = new TempFolder();
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        var host = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Repository.PathOf("AppHost", "bin", configuration, "net10.0", "LakeAspire.AppHost.dll"),
                "--data-dir", folder.Below("lake"), "--base-port", "0", "--sample-events", "0", "--no-dashboard",
            },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        while (await host.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("/signin?token=", StringComparison.Ordinal))
            {
                _ = host.StandardOutput.ReadToEndAsync(); // goes on draining the pipe
                return new Installation(host, folder);
            }
        }

        throw new InvalidOperationException("the AppHost did not start");
    }

    public async ValueTask DisposeAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{host.Id}"]);
        await host.WaitForExitAsync();
        host.Dispose();
        folder.Dispose();
    }
}
