using System.Diagnostics;
using System.Runtime.InteropServices;
using LakeAspire.Fakes;
using LakeAspire.Testing;

namespace LakeAspire.Cli.Tests;

/// <summary>What the real executable said and how it ended.</summary>
internal sealed record Ended(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Its one line on standard error.</summary>
    public string Complaint => Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>The real executable, with a data folder that leads to a fake lake.</summary>
internal sealed class Lake : IAsyncDisposable
{
#if DEBUG
    const string Configuration = "Debug";
#else
    const string Configuration = "Release";
#endif

    Lake(FakeLake server) => Server = server;

    public FakeLake Server { get; }

    public TempFolder Folder { get; } = new();

    public string DataDir => Folder.Below(".lake");

    public static async Task<Lake> StartAsync(bool empty = false)
    {
        var lake = new Lake(await FakeLake.StartAsync(empty));
        var address = lake.Server.Address.ToString().TrimEnd('/');
        Directory.CreateDirectory(Path.Combine(lake.DataDir, "secrets"));
        await File.WriteAllTextAsync(
            Path.Combine(lake.DataDir, "endpoints.json"),
            $$"""{"portal":"{{address}}","catalog-api":"{{address}}","ingest-api":"{{address}}","query-api":"{{address}}","postgres":"127.0.0.1:5085"}""");
        await File.WriteAllTextAsync(Path.Combine(lake.DataDir, "secrets", "user.key"), FakeLake.UserKey + "\n");
        return lake;
    }

    /// <summary>Runs in the folder that holds the data folder.</summary>
    public Task<Ended> RunAsync(params string[] arguments) => RunAsync(Folder.Path, null, [], arguments);

    public static async Task<Ended> RunAsync(string folder, string? input, (string, string)[] environment, params string[] arguments)
    {
        using var process = Start(folder, environment, arguments);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public Process Start(params string[] arguments) => Start(Folder.Path, [], arguments);

    static Process Start(string folder, (string Name, string Value)[] environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var argument in (string[])[Repository.PathOf("Cli", "bin", Configuration, "net10.0", "lake.dll"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("LAKE_URL");
        start.Environment.Remove("LAKE_KEY");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static async Task<Ended> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(patience.Token);
        return new Ended(process.ExitCode, await output, await error);
    }

    public static void Interrupt(Process process) => Kill(process.Id, 2);

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Kill(int process, int signal);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
    }
}
