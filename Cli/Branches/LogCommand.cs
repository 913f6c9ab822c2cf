using System.CommandLine;
using LakeAspire.Cli.Terminal;
using Lakehouse.Tables;

namespace LakeAspire.Cli.Branches;

/// <summary><c>lake log</c>.</summary>
internal static class LogCommand
{
    const int Named = 3;
    const int Standard = 20;

    static readonly Argument<string> Branch = new("branch") { Description = "Branch, tag, @COMMIT or @TIME.", DefaultValueFactory = _ => "main" };
    static readonly Option<string?> Table = new("--table") { Description = "Only commits that changed NAMESPACE.TABLE." };
    static readonly Option<int?> Limit = new("--limit") { Description = "How many, 1000 at most. Default: 20." };
    static readonly Option<long?> Before = new("--before") { Description = "Only commits before this one." };
    static readonly Option<bool> Json = new("--json") { Description = "A commit per line (NDJSON)." };

    public static Command Create()
    {
        var command = new Command("log", "Shows the commits of a branch, newest first.") { Branch, Table, Limit, Before, Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Table) is { } table && !table.Contains('.', StringComparison.Ordinal))
            {
                result.AddError($"'{table}' is no NAMESPACE.TABLE.");
            }

            if (result.GetValue(Limit) is < 1 or > 1000)
            {
                result.AddError("--limit is a number from 1 to 1000.");
            }
        });
        CommandRunner.SetAction(command, (parsed, client, cancellationToken) => BranchOutput.RunAsync(client, catalog => RunAsync(parsed, catalog, cancellationToken)));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CatalogClient catalog, CancellationToken cancellationToken)
    {
        var table = parsed.GetValue(Table) is { } text ? TableIdentifier.Parse(text) : (TableIdentifier?)null;
        var commits = await catalog.LogAsync(parsed.GetRequiredValue(Branch), table, parsed.GetValue(Before), parsed.GetValue(Limit) ?? Standard, cancellationToken);
        if (parsed.GetValue(Json))
        {
            foreach (var commit in commits)
            {
                await BranchOutput.JsonAsync(commit);
            }

            return ExitCodes.Done;
        }

        if (commits.Count == 0)
        {
            await Console.Error.WriteLineAsync("(no commits)");
            return ExitCodes.Done;
        }

        TextTable.Write(Consoles.Out, [new("Commit", true), new("When"), new("Branch"), new("By"), new("Message"), new("Changed")], [.. commits.Select(commit => new string?[]
        {
            BranchOutput.Id(commit.Id), Texts.Time(commit.At), commit.Branch, commit.Author, MessageOf(commit), ChangedOf(commit),
        })]);
        return ExitCodes.Done;
    }

    static string MessageOf(LakeCommit commit) => commit.Kind switch
    {
        "merge" => $"[merge of {commit.MergedBranch}@{BranchOutput.Id(commit.MergedCommit)}] {commit.Message}",
        "reset" => $"[reset] {commit.Message}",
        _ => commit.Message,
    };

    static string ChangedOf(LakeCommit commit) =>
        string.Join(", ", commit.Tables.Take(Named).Select(table => BranchOutput.Name(table.Namespace, table.Name) + (table.Change == "changed" ? "" : $" ({table.Change})"))) + (commit.Changed > Named ? $", +{Texts.Count(commit.Changed - Named)}" : "");
}
