namespace LakeAspire.Hosting.Processes;

/// <summary>The command that starts a program: as the right user, in a session of its own. Each part replaces itself by the next, so that the process id stays the same.</summary>
internal static class CommandLine
{
    static readonly bool HasSetsid = !OperatingSystem.IsWindows() && IsInPath("setsid");

    public static bool IsInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    public static (string File, IReadOnlyList<string> Arguments) Of(LaunchSpec spec)
    {
        var words = new List<string> { spec.FileName };
        words.AddRange(spec.Arguments);
        if (OperatingSystem.IsWindows())
        {
            return (spec.FileName, spec.Arguments);
        }

        if (spec.InputFile is { } input)
        {
            words.InsertRange(0, ["/bin/sh", "-c", "input=$1; shift; exec \"$@\" < \"$input\"", "input", input]);
        }

        // Ctrl-C in a terminal is sent to the host's whole group; the host alone is to act on it, and stop the programs one after the other.
        // Without setsid (macOS) the programs ignore it instead. A shell must not do this elsewhere: some drop variables whose names have a hyphen, as those of services have.
        words.InsertRange(0, HasSetsid ? ["setsid"] : ["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "start"]);
        if (spec.RunAs is { } user)
        {
            words.InsertRange(0, UserSwitch.Prefix(user));
        }

        return (words[0], words[1..]);
    }
}
