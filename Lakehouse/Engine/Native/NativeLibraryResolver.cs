using System.Reflection;
using System.Runtime.InteropServices;

namespace Lakehouse.Engine.Native;

/// <summary>Finds DuckDB's library: beside the application (as published), else in the folder that the build fetched it into.</summary>
internal static class NativeLibraryResolver
{
    public const string LibraryName = "duckdb";
    static int registered;

    static string FileName =>
        OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";

    public static void Register()
    {
        if (Interlocked.Exchange(ref registered, 1) == 0)
        {
            NativeLibrary.SetDllImportResolver(typeof(NativeLibraryResolver).Assembly, Resolve);
        }
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != LibraryName)
        {
            return 0;
        }

        var built = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "NativePart:duckdb")?.Value;
        string?[] folders = [AppContext.BaseDirectory, built];
        foreach (var folder in folders)
        {
            if (folder is not null && NativeLibrary.TryLoad(Path.Combine(folder, FileName), out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException($"DuckDB's library {FileName} is neither in {AppContext.BaseDirectory} nor in {built}; build again to fetch it.");
    }
}
