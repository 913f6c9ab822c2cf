using System.CommandLine;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Branches;

/// <summary><c>lake reset</c>.</summary>
internal static class ResetCommand
{
    static readonly Argument<string> Branch = new("branch") { Description = "Branch to reset." };
    static readonly Option<string> To = new("--to") { Description = "What it becomes: a branch, tag, @COMMIT or @TIME.", Required = true };
    static readonly Option<long?> Head = new("--expected-head") { Description = "The branch's newest commit, as you know it. Without it, it is only shown what would change." };
    static readonly Option<string?> Message = new("--message", "-m") { Description = "Why; it stands in the log." };

    public static Command Create()
    {
        var command = new Command("reset", "Brings a branch, all its tables and source positions, to what it or another was. It is a commit like others: a reset to before it undoes it.") { Branch, To, Head, Message };
        CommandRunner.SetAction(command, (parsed, client, cancellationToken) => BranchOutput.RunAsync(client, async catalog =>
        {
            var (branch, to) = (parsed.GetRequiredValue(Branch), parsed.GetRequiredValue(To));
            if (parsed.GetValue(Head) is { } head)
            {
                var commit = await catalog.ResetAsync(branch, to, head, parsed.GetValue(Message) ?? $"reset {branch} to {to}", cancellationToken);
                await Console.Out.WriteLineAsync(commit is null ? $"{branch} is what {to} is already" : $"{branch} is what {to} was, commit {BranchOutput.Id(commit)}");
                return ExitCodes.Done;
            }

            var known = await catalog.FindBranchAsync(branch, cancellationToken) ?? throw new CliException(ExitCodes.Failed, $"There is no branch '{branch}'.");
            await LakeDiff.RunAsync(client, branch, to, json: false, cancellationToken);
            await Console.Error.WriteLineAsync($"Nothing was changed. To do it: lake reset {branch} --to {to} --expected-head {BranchOutput.Id(known.Head)}");
            return ExitCodes.Done;
        }));
        return command;
    }
}
