using System.CommandLine;
using LakeAspire.Cli.Terminal;
using Lakehouse.Tables;

namespace LakeAspire.Cli.Branches;

/// <summary><c>lake merge</c>.</summary>
internal static class MergeCommand
{
    static readonly Argument<string> Source = new("source") { Description = "Branch, tag or @COMMIT to merge." };
    static readonly Option<string> Into = new("--into") { Description = "Branch that gets it.", DefaultValueFactory = _ => "main" };
    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would happen; do nothing." };
    static readonly Option<string?> Message = new("--message", "-m") { Description = "What for; it stands in the log." };
    static readonly Option<bool> Json = new("--json") { Description = "As JSON." };

    public static Command Create()
    {
        var command = new Command("merge", "Merges a branch into another: all its tables and source positions in one commit, or nothing.") { Source, Into, DryRun, Message, Json };
        CommandRunner.SetAction(command, (parsed, client, cancellationToken) => BranchOutput.RunAsync(client, catalog => RunAsync(parsed, catalog, cancellationToken)));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CatalogClient catalog, CancellationToken cancellationToken)
    {
        var merged = await catalog.MergeAsync(parsed.GetRequiredValue(Source), parsed.GetRequiredValue(Into), parsed.GetValue(Message), parsed.GetValue(DryRun), cancellationToken: cancellationToken);
        if (parsed.GetValue(Json))
        {
            await BranchOutput.JsonAsync(merged);
            return merged.Conflicts.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }

        if (merged.Changes.Count > 0)
        {
            TextTable.Write(Consoles.Out, [new("What"), new("Name"), new("Becomes"), new("Rows", true), new("Files", true), new("Commit", true)], [.. merged.Changes.Select(RowOf)]);
        }

        foreach (var cursor in merged.Cursors)
        {
            await Console.Out.WriteLineAsync(Texts.OneLine($"position {cursor.Scope}: {cursor.From ?? "nothing"} → {cursor.To ?? "nothing"}"));
        }

        foreach (var items in merged.Items.Where(items => items.Scope != "lakeaspire/transactions"))
        {
            await Console.Out.WriteLineAsync(Texts.OneLine($"{items.Scope}: {Texts.Plural(items.Count, "item")}"));
        }

        if (merged.Conflicts.Count > 0)
        {
            foreach (var conflict in merged.Conflicts)
            {
                await Console.Error.WriteLineAsync(Texts.OneLine(
                    $"conflict: {conflict.Kind} {BranchOutput.Name(conflict.Namespace ?? "", conflict.Name)}: {conflict.Reason} ({merged.From} in commit {BranchOutput.Id(conflict.SourceCommit)}{(conflict.TargetCommit is { } target ? $", {merged.Into} in commit {BranchOutput.Id(target)}" : "")})"));
            }

            throw new CliException(ExitCodes.Failed, $"{merged.From} {(parsed.GetValue(DryRun) ? "could not" : "was not")} be merged into {merged.Into}: {Texts.Plural(merged.Conflicts.Count, "conflict")}, nothing changed".Replace("was not be", "was not", StringComparison.Ordinal));
        }

        await Console.Out.WriteLineAsync(merged.Outcome switch
        {
            "merged" => $"{merged.From} is merged into {merged.Into}, commit {BranchOutput.Id(merged.Commit)}",
            "planned" => $"{merged.From} would be merged into {merged.Into}: {Texts.Plural(merged.Changes.Count, "change")}, no conflict",
            _ => $"{merged.Into} has all of {merged.From} already",
        });
        return ExitCodes.Done;
    }

    static string?[] RowOf(MergeChange change) =>
    [
        change.Kind,
        BranchOutput.Name(change.Namespace, change.Name),
        change.RenamedFrom is null ? BranchOutput.Words(change.Action) : change.Action == "rename" ? $"renamed from {change.RenamedFrom}" : $"{BranchOutput.Words(change.Action)}, renamed from {change.RenamedFrom}",
        BranchOutput.Change(change.RowsBefore, change.RowsAfter, Texts.Count),
        BranchOutput.Change(change.FilesBefore, change.FilesAfter, Texts.Count),
        BranchOutput.Id(change.SourceCommit),
    ];
}
