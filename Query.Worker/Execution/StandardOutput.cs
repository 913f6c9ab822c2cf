using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>The pipe to the API. On Unix it moves away from descriptor 1, which then leads nowhere: whatever else writes to standard output can't get between the frames.</summary>
internal static partial class StandardOutput
{
    const int WriteOnly = 1;

    public static Stream Claim()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var pipe = dup(1);
        var nowhere = open("/dev/null", WriteOnly);
        if (pipe < 0 || nowhere < 0 || dup2(nowhere, 1) < 0)
        {
            return Console.OpenStandardOutput();
        }

        return new FileStream(new SafeFileHandle(pipe, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
