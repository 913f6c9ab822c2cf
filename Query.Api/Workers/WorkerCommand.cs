using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LakeAspire.Query.Workers;

/// <summary>How a worker process is started: the program beside this one, with an environment that holds nothing of ours.</summary>
internal static class WorkerCommand
{
    const string Name = "LakeAspire.Query.Worker";

    /// <summary>What .NET needs to start, and Windows to find its own libraries. All else, keys above all, stays here.</summary>
    static readonly string[] Kept = ["PATH", "HOME", "DOTNET_ROOT", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", "TMPDIR", "TMP", "TEMP", "SystemRoot", "USERPROFILE", "LD_LIBRARY_PATH"];

    public static ProcessStartInfo Create(long managedHeapLimit)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var library = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? Name + ".exe" : Name);
        if (DotNet() is { } dotnet && File.Exists(library))
        {
            start.FileName = dotnet;
            start.ArgumentList.Add(library);
        }
        else
        {
            start.FileName = program;
        }

        var kept = Kept.Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).Where(variable => variable.Value is not null).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = "0x" + managedHeapLimit.ToString("X", System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["TZ"] = "UTC";
        return start;
    }

    /// <summary>The host of the runtime that this process runs on; null in a self-contained application.</summary>
    static string? DotNet()
    {
        var shared = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        var root = Path.GetFullPath(Path.Combine(shared, "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : null;
    }
}
