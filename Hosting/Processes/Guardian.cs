using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LakeAspire.Hosting.Processes;

/// <summary>
/// A small shell script that outlives the host by a moment. It reads a pipe on which the host tells which programs it has started and which have ended; when the host goes, however it goes,
/// the system closes the pipe, and the script ends what is left: the stop signal first, SIGKILL after a while. On Linux it then looks for processes that carry this run's mark in their environment:
/// a program that was started in the very moment in which the host died, or a descendant that left its parent's group.
/// On Windows a job object does this, and there is no script.
/// </summary>
internal sealed class Guardian : IDisposable
{
    /// <summary>The environment variable that marks the programs of a run, and all that they start.</summary>
    public const string MarkVariable = "LAKEASPIRE_RUN";

    /// <summary>Argument: the mark. Input: lines "+ pid signal seconds" and "- pid".</summary>
    const string Script = """
        trap '' INT TERM HUP QUIT
        left=
        without() { rest=; for entry in $left; do [ "${entry%%:*}" = "$1" ] || rest="$rest $entry"; done; left=$rest; }
        while read -r change program signal limit; do
          case $change in
            +) left="$program:$signal:$limit $left" ;;
            -) without "$program" ;;
          esac
        done
        exec >/dev/null 2>&1
        for entry in $left; do
          rest=${entry#*:}
          kill -s "${rest%%:*}" "${entry%%:*}"
        done
        started=$(date +%s)
        while [ -n "$left" ]; do
          sleep 0.1 || sleep 1
          age=$(($(date +%s) - started))
          for entry in $left; do
            program=${entry%%:*}
            if ! kill -0 "$program" || [ "$age" -ge "${entry##*:}" ]; then
              kill -s KILL -- "-$program" || kill -s KILL "$program"
              without "$program"
            fi
          done
        done
        if [ -d /proc/self ]; then
          for file in $(grep -lsF "$1" /proc/[0-9]*/environ); do
            program=${file#/proc/}
            kill -s KILL "${program%/environ}"
          done
        fi
        """;

    readonly Lock gate = new();
    readonly Dictionary<int, string> programs = [];
    Process? shell;
    bool disposed;

    /// <summary>The value of <see cref="MarkVariable"/>.</summary>
    public string Mark { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>From now on the program does not outlive the host.</summary>
    public void Add(Process program, StopSignal signal, TimeSpan limit)
    {
        if (OperatingSystem.IsWindows())
        {
            JobObject.Add(program);
            return;
        }

        var line = string.Create(CultureInfo.InvariantCulture, $"+ {program.Id} {(signal == StopSignal.Interrupt ? "INT" : "TERM")} {(int)limit.TotalSeconds}");
        lock (gate)
        {
            programs[program.Id] = line;
            Tell(line);
        }
    }

    /// <summary>The program has ended.</summary>
    public void Remove(int program)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        lock (gate)
        {
            if (programs.Remove(program))
            {
                Tell(string.Create(CultureInfo.InvariantCulture, $"- {program}"));
            }
        }
    }

    /// <summary>Ends what is left, as the end of the host would.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            shell?.StandardInput.Close();
            shell?.Dispose();
            shell = null;
        }
    }

    /// <summary>Starts the script if it does not run, or no longer: somebody may have killed it.</summary>
    void Tell(string line)
    {
        if (disposed)
        {
            return;
        }

        if (shell is { HasExited: false })
        {
            try
            {
                shell.StandardInput.WriteLine(line);
                return;
            }
            catch (IOException)
            {
                // It has just gone.
            }
        }

        shell?.Dispose();
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "lakeaspire-guardian", $"{MarkVariable}={Mark}"])
        {
            RedirectStandardInput = true, StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), UseShellExecute = false, WorkingDirectory = "/",
        };
        shell = Process.Start(start)!;
        shell.StandardInput.AutoFlush = true;
        foreach (var known in programs.Values)
        {
            shell.StandardInput.WriteLine(known);
        }
    }
}
