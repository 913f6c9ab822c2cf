using System.Runtime.InteropServices;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>
/// Limits that the system keeps. RLIMIT_DATA counts private writable memory, which DuckDB's limit does not see all of; unlike RLIMIT_AS it leaves alone the address space that .NET reserves and doesn't use. An
/// allocation beyond it fails, and with it the query or the worker. Linux only; elsewhere, and beyond it, the API watches the process.
/// </summary>
internal static partial class ProcessLimits
{
    const int Data = 2;
    const int Core = 4;

    /// <summary>A core dump would hold data of tables.</summary>
    public static void NoCoreDumps()
    {
        if (OperatingSystem.IsLinux())
        {
            Set(Core, 0);
        }
    }

    /// <summary>Sets the limit of private writable memory; 0 lifts it.</summary>
    public static void Memory(long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            Set(Data, bytes > 0 ? (ulong)bytes : ulong.MaxValue);
        }
    }

    static void Set(int resource, ulong soft)
    {
        if (getrlimit(resource, out var limit) == 0)
        {
            limit.Soft = Math.Min(soft, limit.Hard);
            _ = setrlimit(resource, limit);
        }
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out Limit limit);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
