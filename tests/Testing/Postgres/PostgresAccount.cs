using System.Diagnostics;

namespace LakeAspire.Testing.Postgres;

/// <summary>Who the server runs as. PostgreSQL refuses to run as root, so root's tests run it as <c>postgres</c>, or as <c>nobody</c>.</summary>
internal sealed class PostgresAccount
{
    /// <summary>The account of the test process.</summary>
    public static readonly PostgresAccount Self = new(name: null);

    readonly string? name;

    PostgresAccount(string? name) => this.name = name;

    /// <summary>The account to use here.</summary>
    public static PostgresAccount ForServer()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Self;
        }

        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        return new PostgresAccount(known.Contains("postgres") ? "postgres" : "nobody");
    }

    /// <summary>A command, run as this account.</summary>
    public string[] Command(params string[] command) =>
        name is null ? command : ["setpriv", $"--reuid={name}", $"--regid={GroupOf(name)}", "--init-groups", .. command];

    /// <summary>Makes the account the owner of a file or folder.</summary>
    public Task GiveAsync(string path, CancellationToken cancellationToken) =>
        name is null ? Task.CompletedTask : RunAsync(["chown", "-R", name, path], cancellationToken);

    /// <summary>Whether the account can run a program at that path.</summary>
    public async Task<bool> CanRunAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(Command(program, "--version"), cancellationToken);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its errors.</exception>
    public static async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        var info = Info(command);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {errors}");
        }
    }

    /// <summary>How to start a command: in a folder that every account may enter.</summary>
    public static ProcessStartInfo Info(string[] command) => new(command[0], command[1..]) { WorkingDirectory = "/", UseShellExecute = false };

    static string GroupOf(string account) => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == account)[3];
}
