using System.CommandLine;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using Lakehouse.Formats;

namespace LakeAspire.Cli;

/// <summary>Runs a command's work, and turns whatever ends it into one line and an exit code.</summary>
internal static class CommandRunner
{
    /// <summary>Work that asks an installation.</summary>
    public static void SetAction(Command command, Func<ParseResult, LakeClient, CancellationToken, Task<int>> work) => SetAction(command, async (parsed, cancellationToken) =>
    {
        using var client = new LakeClient(await InstallationOptions.FindAsync(parsed, cancellationToken));
        return await work(parsed, client, cancellationToken);
    });

    /// <summary>Work that needs no installation.</summary>
    public static void SetAction(Command command, Func<ParseResult, CancellationToken, Task<int>> work) => command.SetAction(async (parsed, cancellationToken) =>
    {
        try
        {
            return await work(parsed, cancellationToken);
        }
        catch (CliException exception)
        {
            return await EndAsync(exception.ExitCode, exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await EndAsync(ExitCodes.Interrupted, "interrupted");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LakehouseException)
        {
            return await EndAsync(ExitCodes.Failed, exception.Message);
        }
    });

    static async Task<int> EndAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync("lake: " + Terminal.Texts.OneLine(message));
        return code;
    }
}
