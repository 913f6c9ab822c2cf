using System.Runtime.InteropServices;

namespace LakeAspire.Hosting.Processes;

/// <summary>The <c>dotnet</c> that this program runs under.</summary>
internal static class DotNetHost
{
    public static string Path { get; } = Find();

    static string Find()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

        // <root>/shared/Microsoft.NETCore.App/<version>/
        var root = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var beside = System.IO.Path.Combine(root, name);
        return File.Exists(beside) ? beside : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? name;
    }
}
