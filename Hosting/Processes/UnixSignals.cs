using System.Runtime.InteropServices;

namespace LakeAspire.Hosting.Processes;

internal static class UnixSignals
{
    const int KillSignal = 9;
    const int NoSignal = 0;

    public static void Send(int process, StopSignal signal) => _ = Kill(process, (int)signal);

    /// <summary>Ends a process and all of its group at once.</summary>
    public static void KillGroup(int leader)
    {
        if (Kill(-leader, KillSignal) != 0)
        {
            // It leads none where there is no setsid.
            _ = Kill(leader, KillSignal);
        }
    }

    /// <summary>Ends what a process that has ended left in its group.</summary>
    public static void KillRestOfGroup(int leader) => _ = Kill(-leader, KillSignal);

    public static bool IsAlive(int process) => Kill(process, NoSignal) == 0 || Marshal.GetLastPInvokeError() == 1;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Kill(int pid, int signal);
}
