using System.Globalization;

namespace LakeAspire.Hosting.Processes;

/// <summary>
/// A small shell script between the host and each program. It reads a pipe whose other end the host holds and never writes to; when the host goes, however it goes,
/// the system closes that end, and the script ends the program: the stop signal first, SIGKILL for all of its process group after a while.
/// The program runs in a session of its own, so that Ctrl-C in the terminal reaches the host alone, which then stops the programs one after the other.
/// </summary>
internal static class Guardian
{
    /// <summary>Arguments: signal name, seconds until SIGKILL, program and its arguments. The first line of output is the program's process id; the exit code is the program's.</summary>
    public const string Script = """
        signal=$1 limit=$2
        shift 2
        exec 3<&0
        trap : INT TERM HUP QUIT
        if command -v setsid >/dev/null 2>&1; then setsid "$@" <&3 3<&- & else set -m; "$@" <&3 3<&- & fi
        program=$!
        echo "$program"
        (
          exec >/dev/null 2>&1
          while read -r _ <&3; do :; done
          kill -s "$signal" "$program"
          end=$(($(date +%s) + limit))
          while kill -0 "$program" && [ "$(date +%s)" -lt "$end" ]; do sleep 0.1 || sleep 1; done
          kill -s KILL -- "-$program"
        ) &
        watch=$!
        exec 3<&- </dev/null
        wait "$program"
        code=$?
        while kill -0 "$program" 2>/dev/null; do wait "$program"; code=$?; done
        kill -s KILL -- "-$program" 2>/dev/null
        kill "$watch" 2>/dev/null
        exit "$code"
        """;

    public static IEnumerable<string> ArgumentsFor(LaunchSpec spec) =>
    [
        "-c", Script, "lakeaspire-guardian",
        spec.StopSignal == StopSignal.Interrupt ? "INT" : "TERM",
        ((int)spec.StopLimit.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        .. spec.InputFile is { } input ? ["/bin/sh", "-c", "input=$1; shift; exec \"$@\" < \"$input\"", "input", input] : Array.Empty<string>(),
        spec.FileName, .. spec.Arguments,
    ];
}
