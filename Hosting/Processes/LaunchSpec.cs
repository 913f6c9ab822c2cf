namespace LakeAspire.Hosting.Processes;

/// <summary>A program to start.</summary>
internal sealed record LaunchSpec
{
    /// <summary>Absolute path, or a name in PATH.</summary>
    public required string FileName { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string WorkingDirectory { get; init; }

    /// <summary>What the program reads as its standard input; null for a pipe that ends when the host does.</summary>
    public string? InputFile { get; init; }

    /// <summary>Added to the host's own environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables of the host's environment that the program must not see, by prefix.</summary>
    public IReadOnlyList<string> HiddenVariables { get; init; } = [];

    /// <summary>What asks it to end in good order.</summary>
    public StopSignal StopSignal { get; init; } = StopSignal.Terminate;

    /// <summary>How long it may take over that before it is killed.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The user to run it as; null for the host's own.</summary>
    public UnixUser? RunAs { get; init; }

    /// <summary>Ends it in good order where there are no signals (Windows).</summary>
    public LaunchSpec? StopCommand { get; init; }
}

/// <summary>The signals that ask a program to end.</summary>
internal enum StopSignal
{
    /// <summary>SIGINT.</summary>
    Interrupt = 2,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,
}

/// <summary>A user by number.</summary>
internal sealed record UnixUser(string Name, uint UserId, uint GroupId);
