using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using LakeAspire.Hosting.Logging;
using LakeAspire.Hosting.Processes;

namespace LakeAspire.Hosting.Postgres;

/// <summary>
/// What an earlier run left behind: a server that still runs (its guardian was killed too) is shut down, and a <c>postmaster.pid</c> whose process id has gone to another program is removed,
/// since the server would take that program for a rival.
/// </summary>
internal sealed class StalePostmaster(PostgresPlacement placement, ResourceLog log, TimeProvider time)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    string PidFile => Path.Combine(placement.Data, "postmaster.pid");

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || ReadProcessId() is not { } process)
        {
            return;
        }

        if (!UnixSignals.IsAlive(process))
        {
            return;
        }

        if (!IsServerOfThisFolder(process))
        {
            log.Add($"postmaster.pid names process {process}, which is another program now; removed", isError: false);
            File.Delete(PidFile);
            return;
        }

        log.Add($"A server left over from an earlier run, process {process}, is shut down first", isError: false);
        UnixSignals.Send(process, StopSignal.Interrupt);
        var started = time.GetTimestamp();
        while (UnixSignals.IsAlive(process))
        {
            if (time.GetElapsedTime(started) > Limit)
            {
                throw new DistributedApplicationException($"A server left over from an earlier run, process {process}, does not stop: end it by 'kill -QUIT {process}'.");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    int? ReadProcessId() =>
        File.Exists(PidFile) && int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 1 ? id : null;

    bool IsServerOfThisFolder(int process)
    {
        if (Directory.Exists("/proc/self"))
        {
            // A server's working directory is its data folder.
            return new FileInfo($"/proc/{process}/cwd").LinkTarget == RealPath(placement.Data);
        }

        try
        {
            return Process.GetProcessById(process).ProcessName.Contains("postgres", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    static string RealPath(string path)
    {
        var folder = new DirectoryInfo(path);
        var parent = folder.Parent is null ? null : RealPath(folder.Parent.FullName);
        var real = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        return real ?? (parent is null ? folder.FullName : Path.Combine(parent, folder.Name));
    }
}
