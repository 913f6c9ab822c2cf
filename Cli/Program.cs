using System.CommandLine;
using LakeAspire.Cli;
using LakeAspire.Cli.Access;
using LakeAspire.Cli.Branches;
using LakeAspire.Cli.Folders;
using LakeAspire.Cli.Erasing;
using LakeAspire.Cli.Ingest;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Lineage;
using LakeAspire.Cli.Runs;
using LakeAspire.Cli.Safety;
using LakeAspire.Cli.SignIn;
using LakeAspire.Cli.Sql;
using LakeAspire.Cli.Tables;
using LakeAspire.Cli.Upkeep;

var root = new RootCommand(
    """
    The command line of LakeAspire.

    It finds the installation by --data-dir (default: the folder .lake here or above), or by --url with the key in LAKE_KEY, --key-file or --key.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no installation or no answer, 4 not authorised, 130 interrupted.
    """);
InstallationOptions.AddTo(root);
root.Subcommands.Add(SqlCommand.Create());
root.Subcommands.Add(TablesCommand.Create());
root.Subcommands.Add(BranchCommand.Create());
root.Subcommands.Add(BranchCommand.CreateTag());
root.Subcommands.Add(MergeCommand.Create());
root.Subcommands.Add(LogCommand.Create());
root.Subcommands.Add(ResetCommand.Create());
root.Subcommands.Add(RegisterCommand.Create());
root.Subcommands.Add(DeleteCommand.Create());
root.Subcommands.Add(IngestCommand.Create());
root.Subcommands.Add(TriggerCommand.Create());
root.Subcommands.Add(RunsCommand.Create());
root.Subcommands.Add(OpenCommand.Create());
root.Subcommands.Add(AccessCommand.Create());
root.Subcommands.Add(UpkeepCommand.Create());
root.Subcommands.Add(LineageCommand.Create());
root.Subcommands.Add(BackupCommand.Create());
root.Subcommands.Add(RestoreCommand.Create());
root.Subcommands.Add(VerifyCommand.Create());
root.Subcommands.Add(RollbackCommand.Create());
root.Subcommands.Add(DroppedCommand.Create());
root.Subcommands.Add(UndropCommand.Create());
root.Subcommands.Add(ProtectCommand.Create());
root.Subcommands.Add(ScanCommand.Create());
root.Subcommands.Add(DescribeCommand.Create());
root.Subcommands.Add(HistoryCommand.Create());
root.Subcommands.Add(DiffCommand.Create());
root.Subcommands.Add(CheckCommand.Create());

// @123 is a commit, not a file of arguments.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"lake: {string.Join(' ', parsed.Errors.Select(error => error.Message.ReplaceLineEndings(" ")))} See 'lake {string.Join("", parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ")}--help'.");
    return ExitCodes.Usage;
}

// The framework's own handler would print whole stacks.
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
