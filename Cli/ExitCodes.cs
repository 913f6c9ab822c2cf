namespace LakeAspire.Cli;

/// <summary>What the shell gets.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The service refused or failed; the run failed; a file could not be sent.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>No installation was found, or it does not answer.</summary>
    public const int NotReachable = 3;

    /// <summary>No key, or a wrong one.</summary>
    public const int NotAuthorised = 4;

    /// <summary>Ctrl-C, as shells number it.</summary>
    public const int Interrupted = 130;
}

/// <summary>An expected end of a command: one line for standard error, and the exit code.</summary>
internal sealed class CliException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode => exitCode;
}
