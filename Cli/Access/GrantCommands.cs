using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Cli.Access;

/// <summary><c>lake access grants | grant | revoke | check</c>.</summary>
internal static class GrantCommands
{
    static readonly Argument<string> Privilege = new("privilege") { Description = "describe, select, append, modify, manage, create or grant." };
    static readonly Argument<string> Principal = new("principal") { Description = "Who." };
    static readonly Argument<long> Id = new("id") { Description = "The grant, as 'lake access grants' shows it." };
    static readonly Option<string?> Namespace = new("--namespace") { Description = "The namespace, and everything within. Default: the lake." };
    static readonly Option<string?> Table = new("--table") { Description = "One table or view within it." };
    static readonly Option<string?> Branch = new("--branch") { Description = "A branch, or a pattern such as run/*. Default: all." };
    static readonly Option<string?> OnBranch = new("--branch") { Description = "The branch. Default: main." };
    static readonly Option<string?> Of = new("--principal") { Description = "Only of one principal." };
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };

    public static Command List()
    {
        var command = new Command("grants", "Lists grants.") { Of, Json };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var of = parsed.GetValue(Of) is { } name ? "&principal=" + AccessCalls.Escaped(name) : "";
            var answer = await AccessCalls.GetAsync(client, "api/grants?limit=1000" + of, cancellationToken);
            await AccessCalls.WriteAsync([.. answer.GetProperty("grants").EnumerateArray()], parsed.GetValue(Json), "nothing is granted: 'lake access grant select NAME --namespace gold'",
            [
                ("Id", g => g.Text("id")), ("Who", g => g.Text("principal")), ("May", g => g.Text("privilege")), ("On", OnWhat), ("Branches", g => g.Text("branch") is { Length: > 0 } branch ? branch : "all"),
                ("Since", g => g.Time("grantedAt")), ("By", g => g.Text("grantedBy")),
            ]);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Grant()
    {
        var command = new Command("grant", "Gives a privilege.") { Privilege, Principal, Namespace, Table, Branch };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var body = new JsonObject
            {
                ["principal"] = parsed.GetValue(Principal), ["privilege"] = parsed.GetValue(Privilege), ["namespace"] = parsed.GetValue(Namespace), ["table"] = parsed.GetValue(Table),
                ["branch"] = parsed.GetValue(Branch),
            };
            var made = await AccessCalls.SendAsync(client, HttpMethod.Post, "api/grants", body, cancellationToken);
            await Console.Error.WriteLineAsync($"grant {made!.Value.Text("id")}: {made.Value.Text("principal")} may {made.Value.Text("privilege")} on {OnWhat(made.Value)}");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Revoke()
    {
        var command = new Command("revoke", "Takes a grant back, at once.") { Id };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            await AccessCalls.SendAsync(client, HttpMethod.Delete, FormattableString.Invariant($"api/grants/{parsed.GetValue(Id)}"), body: null, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Check()
    {
        var command = new Command("check", "Says what somebody may do.") { Principal, Namespace, Table, OnBranch };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var query = string.Concat((((string Name, string? Value)[])[("namespace", parsed.GetValue(Namespace)), ("table", parsed.GetValue(Table)), ("branch", parsed.GetValue(OnBranch))])
                .Where(part => part.Value is not null).Select(part => $"&{part.Name}={AccessCalls.Escaped(part.Value!)}"));
            var answer = await AccessCalls.GetAsync(client, "api/access/check?principal=" + AccessCalls.Escaped(parsed.GetValue(Principal)!) + query, cancellationToken);
            var held = answer.Text("privileges");
            Console.WriteLine($"{answer.Text("principal")} on {answer.Text("securable")}, branch {answer.Text("branch")}: {(held.Length == 0 ? "nothing" : held)}{(answer.Text("filtered") == "True" ? " (with a row filter or masks)" : "")}");
            return ExitCodes.Done;
        });
        return command;
    }

    static string OnWhat(JsonElement grant) => (grant.Text("namespace"), grant.Text("table"), grant.Text("tableId")) switch
    {
        (_, "", { Length: > 0 }) => "a table that is gone",
        ("", _, _) => "the lake",
        (var space, "", _) => space + " and all within",
        (var space, var table, _) => $"{space}.{table}",
    };
}
