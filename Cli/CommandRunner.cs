using System.CommandLine;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli;

/// <summary>Runs a command's work, and turns whatever ends it into one line and an exit code.</summary>
internal static class CommandRunner
{
    public static void SetAction(Command command, Func<ParseResult, LakeClient, CancellationToken, Task<int>> work) => command.SetAction(async (parsed, cancellationToken) =>
    {
        try
        {
            using var client = new LakeClient(await InstallationOptions.FindAsync(parsed, cancellationToken));
            return await work(parsed, client, cancellationToken);
        }
        catch (CliException exception)
        {
            return await EndAsync(exception.ExitCode, exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await EndAsync(ExitCodes.Interrupted, "interrupted");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
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
