using System.CommandLine;
using System.Net.Http.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using Lakehouse.Formats;

namespace LakeAspire.Cli.Safety;

internal sealed record UndropWish(Guid? Id, string? As);

/// <summary><c>lake undrop</c>.</summary>
internal static class UndropCommand
{
    static readonly Argument<string> Name = new("name") { Description = "LAYER.TABLE; with --namespace the name of a namespace." };
    static readonly Option<Guid?> Id = new("--id") { Description = "Which, when several of that name were dropped: 'lake dropped' tells the ids." };
    static readonly Option<string?> As = new("--as") { Description = "Another name for it." };
    static readonly Option<bool> IsNamespace = new("--namespace") { Description = "A namespace was dropped, not a table or view." };

    public static Command Create()
    {
        var command = new Command("undrop", "Brings a dropped table, view or namespace back, as it was.") { Name, Id, As, IsNamespace, TableNames.Branch };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(IsNamespace) && result.GetValue(Name) is { } text && !TableNames.IsOne(text))
            {
                result.AddError(TableNames.NoName(text));
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(Name);
        var branch = parsed.GetValue(TableNames.Branch);
        var route = parsed.GetValue(IsNamespace)
            ? new Uri($"api/namespaces/{Uri.EscapeDataString(name)}/undrop{TableNames.Query(branch)}", UriKind.Relative)
            : TableNames.Route(name, "undrop", branch);
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = JsonContent.Create(new UndropWish(parsed.GetValue(Id), parsed.GetValue(As)), CliJson.Default.UndropWish) };
        var back = await client.SendAsync(Installation.Catalog, request, CliJson.Default.JsonElement, cancellationToken);
        var came = DottedName.Within(back.GetProperty("namespace").GetString() ?? "", back.GetProperty("name").GetString()!);
        await Console.Out.WriteLineAsync($"{came} is back, by commit {back.GetProperty("commitId").GetInt64()}");
        return ExitCodes.Done;
    }
}
