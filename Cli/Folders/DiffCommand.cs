using System.CommandLine;
using LakeAspire.Cli.Branches;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Cli.Folders;

/// <summary><c>lake diff</c>.</summary>
internal static class DiffCommand
{
    static readonly Argument<string?> Other = new("other") { Description = "With it, both are states of the lake (branches, tags, @COMMIT, @TIME), and their tables are compared.", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<string?> From = new("--from") { Description = "Iceberg: changes after this snapshot (id, time, branch or tag). Delta: changes from this version on, itself included. Default: from the beginning." };
    static readonly Option<string?> To = new("--to") { Description = "Up to this snapshot or version, itself included. Default: the newest." };
    static readonly Option<string?> Keys = new("--keys") { Description = "Columns that name a row, with commas between: a delete and an insert of one key become an update, before and after." };
    static readonly Option<bool> Net = new("--net") { Description = "Leave out changes that others undo." };
    static readonly Option<long?> Limit = new("--limit") { Description = $"Rows at most. Default: {RowOutput.TableRows} on the terminal, else all." };
    static readonly Option<FileInfo?> Output = new("--output", "-o") { Description = "Write to a file: .parquet, .csv or .json (an object a line)." };

    public static Command Create()
    {
        var command = FolderOptions.Create("diff", "Shows the rows that changed between two states of a table in a folder; or, given two branches, the tables that differ.", From, To, Keys, Net, Limit, Output, FolderOptions.Json);
        command.Arguments.Add(Other);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Other) is not null && command.Options.Any(option => option != FolderOptions.Json && result.GetResult(option) is { Implicit: false }))
            {
                result.AddError("Two states of the lake are compared by their names alone; the options are those of a table in a folder.");
            }

            if (result.GetValue(Output) is { } file && RowOutput.FormatOf(file.Extension) is null)
            {
                result.AddError("--output ends in .parquet, .csv or .json.");
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Other) is { } other)
        {
            using var client = new LakeClient(await InstallationOptions.FindAsync(parsed, cancellationToken));
            return await LakeDiff.RunAsync(client, parsed.GetRequiredValue(FolderOptions.Path), other, parsed.GetValue(FolderOptions.Json), cancellationToken);
        }

        using var session = await FolderSession.OpenAsync(parsed, cancellationToken);
        var format = session.Table.Format;
        var request = new FolderChangesRequest
        {
            From = parsed.GetValue(From) is { } from ? TablePoint.Parse(from, format) : null,
            To = parsed.GetValue(To) is { } to ? TablePoint.Parse(to, format) : TablePoint.Newest,
            Keys = (parsed.GetValue(Keys) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Net = parsed.GetValue(Net),
        };
        var changes = await session.Table.ChangesAsync(session.Connection, request, cancellationToken);
        await RowOutput.WriteAsync(session.Connection, $"SELECT * FROM {changes.Sql} AS t", new RowOutputOptions(parsed.GetValue(Output), parsed.GetValue(FolderOptions.Json), parsed.GetValue(Limit), $"{changes.Files} data files opened"), cancellationToken);
        return ExitCodes.Done;
    }
}
