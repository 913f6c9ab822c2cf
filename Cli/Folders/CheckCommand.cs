using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Folders;

/// <summary><c>lake check</c>.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = FolderOptions.Create("check", "Looks whether every file that a table refers to is there, holds what the metadata says, and is no orphan. Exit code 1 and a list when something is wrong.", FolderOptions.Json);
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var session = await FolderSession.OpenAsync(parsed, cancellationToken);
        var asJson = parsed.GetValue(FolderOptions.Json);
        var faults = 0L;
        await foreach (var fault in session.Table.CheckAsync(session.Connection, cancellationToken))
        {
            faults++;
            await Console.Out.WriteLineAsync(asJson ? JsonSerializer.Serialize(fault, FolderJson.Default.TableFault) : $"{fault.Kind.ToString().ToLowerInvariant(),-10} {Texts.Harmless(fault.Location)}: {Texts.OneLine(fault.Message)}");
        }

        await Console.Error.WriteLineAsync(faults == 0 ? "(all files are there and agree with the metadata)" : $"({Texts.Plural(faults, "fault")})");
        return faults == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
