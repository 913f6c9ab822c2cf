using System.CommandLine;
using LakeAspire.Cli.Terminal;
using Lakehouse.Tables;

namespace LakeAspire.Cli.Branches;

/// <summary><c>lake branch</c> and <c>lake tag</c>.</summary>
internal static class BranchCommand
{
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };
    static readonly Option<string?> From = new("--from") { Description = "Branch, tag, @COMMIT or @TIME that it starts at. Default: main as it is." };
    static readonly Option<string?> Keep = new("--keep") { Description = "Drop it after this time: 90s, 30m, 12h, 7d. Default: never." };
    static readonly Option<bool> Protected = new("--protected") { Description = "It accepts merges only." };
    static readonly Option<bool> Off = new("--off") { Description = "Lift the protection." };

    public static Command Create()
    {
        var command = new Command("branch", "Branches of the lake: each shows all tables, and costs nothing until something is changed on it.");
        command.Subcommands.Add(List("branch"));
        command.Subcommands.Add(Command("create", "Makes a branch.", CreateAsync, From, Keep, Protected, Json));
        command.Subcommands.Add(Command("show", "Shows a branch.", ShowAsync, Json));
        command.Subcommands.Add(Command("protect", "Protects a branch: it then accepts merges only, and is not dropped.", ProtectAsync, Off, Json));
        command.Subcommands.Add(Command("delete", "Drops a branch. What was merged from it stays.", DeleteAsync));
        return command;
    }

    public static Command CreateTag()
    {
        var command = new Command("tag", "Tags: names for states of the lake.");
        command.Subcommands.Add(List("tag"));
        command.Subcommands.Add(Command("create", "Gives a state of the lake a name.", TagAsync, From, Json));
        command.Subcommands.Add(Command("show", "Shows a tag.", ShowAsync, Json));
        command.Subcommands.Add(Command("delete", "Drops a tag.", DeleteAsync));
        return command;
    }

    static Command Command(string name, string description, Func<ParseResult, CatalogClient, string, CancellationToken, Task<int>> work, params Option[] options)
    {
        var named = new Argument<string>("name") { Description = "Its name." };
        var command = new Command(name, description) { named };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        if (options.Contains(Keep))
        {
            command.Validators.Add(result =>
            {
                if (result.GetValue(Keep) is { } keep && BranchOutput.Span(keep) is null)
                {
                    result.AddError($"--keep: '{keep}' is no time; write it as 90s, 30m, 12h or 7d.");
                }
            });
        }

        CommandRunner.SetAction(command, (parsed, client, cancellationToken) => BranchOutput.RunAsync(client, catalog => work(parsed, catalog, parsed.GetRequiredValue(named), cancellationToken)));
        return command;
    }

    static Command List(string kind)
    {
        var command = new Command("list", kind == "tag" ? "Lists the tags." : "Lists the branches.") { Json };
        CommandRunner.SetAction(command, (parsed, client, cancellationToken) => BranchOutput.RunAsync(client, async catalog =>
        {
            var branches = (await catalog.ListBranchesAsync(cancellationToken: cancellationToken).ToListAsync(cancellationToken)).Where(branch => branch.Kind == kind).ToList();
            if (branches.Count == 0 && !parsed.GetValue(Json))
            {
                await Console.Error.WriteLineAsync($"(no {kind}s yet: 'lake {kind} create NAME' makes one)");
                return ExitCodes.Done;
            }

            await WriteAsync(branches, parsed.GetValue(Json));
            return ExitCodes.Done;
        }));
        return command;
    }

    static async Task<int> CreateAsync(ParseResult parsed, CatalogClient catalog, string name, CancellationToken cancellationToken)
    {
        var keep = parsed.GetValue(Keep) is { } text ? BranchOutput.Span(text) : null;
        return await SayAsync(parsed, await catalog.CreateBranchAsync(name, parsed.GetValue(From), keep, parsed.GetValue(Protected), cancellationToken), "is made");
    }

    static async Task<int> TagAsync(ParseResult parsed, CatalogClient catalog, string name, CancellationToken cancellationToken) =>
        await SayAsync(parsed, await catalog.CreateTagAsync(name, parsed.GetValue(From), cancellationToken), "is made");

    static async Task<int> ProtectAsync(ParseResult parsed, CatalogClient catalog, string name, CancellationToken cancellationToken) =>
        await SayAsync(parsed, await catalog.ChangeBranchAsync(name, isProtected: !parsed.GetValue(Off), cancellationToken: cancellationToken), parsed.GetValue(Off) ? "is open to commits" : "is protected: it accepts merges only");

    static async Task<int> DeleteAsync(ParseResult parsed, CatalogClient catalog, string name, CancellationToken cancellationToken)
    {
        await catalog.DropBranchAsync(name, cancellationToken: cancellationToken);
        await Console.Out.WriteLineAsync($"{name} is dropped");
        return ExitCodes.Done;
    }

    static async Task<int> ShowAsync(ParseResult parsed, CatalogClient catalog, string name, CancellationToken cancellationToken)
    {
        var branch = await catalog.FindBranchAsync(name, cancellationToken) ?? throw new CliException(ExitCodes.Failed, $"There is no branch or tag '{name}'.");
        await WriteAsync([branch], parsed.GetValue(Json));
        return ExitCodes.Done;
    }

    static async Task<int> SayAsync(ParseResult parsed, LakeBranch branch, string what)
    {
        await (parsed.GetValue(Json)
            ? BranchOutput.JsonAsync(branch)
            : Console.Out.WriteLineAsync($"{branch.Kind} {branch.Name} {what}{(branch.Parent is null ? "" : $", from {branch.Parent} at commit {BranchOutput.Id(branch.ParentCommit)}")}{(branch.ExpiresAt is { } until ? $", until {Texts.Time(until)}" : "")}"));
        return ExitCodes.Done;
    }

    static async Task WriteAsync(IReadOnlyList<LakeBranch> branches, bool json)
    {
        if (json)
        {
            foreach (var branch in branches)
            {
                await BranchOutput.JsonAsync(branch);
            }

            return;
        }

        TextTable.Write(Consoles.Out, [new("Name"), new("Head", true), new("Last commit"), new("From"), new("Made by"), new("Notes")], [.. branches.Select(branch => new string?[]
        {
            branch.Name,
            BranchOutput.Id(branch.Head),
            Texts.Time(branch.HeadAt),
            branch.Parent is null ? "" : $"{branch.Parent}@{BranchOutput.Id(branch.ParentCommit)}",
            branch.CreatedBy,
            string.Join(", ", new[] { branch.Protected ? "protected" : "", branch.ExpiresAt is { } until ? $"until {Texts.Time(until)}" : "", branch is { Kind: "branch", Parent: not null, HasCommits: false } ? "no changes" : "" }.Where(note => note.Length > 0)),
        })]);
    }
}
