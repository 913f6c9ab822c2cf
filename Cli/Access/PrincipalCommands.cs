using System.CommandLine;
using System.Text.Json.Nodes;

namespace LakeAspire.Cli.Access;

/// <summary><c>lake access principals | add | remove | join | leave | password</c>.</summary>
internal static class PrincipalCommands
{
    static readonly Argument<string> Kind = new("kind") { Description = "user, service, group or role." };
    static readonly Argument<string> Name = new("name") { Description = "The name, in small letters." };
    static readonly Argument<string> Group = new("group") { Description = "A group or role; the role 'administrators' may do everything." };
    static readonly Option<string?> OfKind = new("--kind") { Description = "Only users, services, groups or roles." };
    static readonly Option<bool> PasswordStdin = new("--password-stdin") { Description = "Reads a user's password from the standard input." };
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };

    public static Command List()
    {
        var command = new Command("principals", "Lists users, services, groups and roles.") { OfKind, Json };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var kind = parsed.GetValue(OfKind) is { } wanted ? "&kind=" + AccessCalls.Escaped(wanted) : "";
            var answer = await AccessCalls.GetAsync(client, "api/principals?limit=1000" + kind, cancellationToken);
            await AccessCalls.WriteAsync([.. answer.GetProperty("principals").EnumerateArray()], parsed.GetValue(Json), "nobody yet: 'lake access add user NAME --password-stdin'",
            [
                ("Name", p => p.Text("name")), ("Kind", p => p.Text("kind") + (p.Text("disabled") == "True" ? ", disabled" : "")), ("In", p => p.Text("memberOf")), ("Members", p => p.Text("members")),
                ("Signs in by", p => p.Text("issuer") is { Length: > 0 } issuer ? issuer : p.Text("hasPassword") == "True" ? "password" : ""), ("Made", p => p.Time("createdAt")),
            ]);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Add()
    {
        var command = new Command("add", "Makes a user, service, group or role, without any right.") { Kind, Name, PasswordStdin };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var body = new JsonObject { ["kind"] = parsed.GetValue(Kind), ["name"] = parsed.GetValue(Name) };
            if (parsed.GetValue(PasswordStdin))
            {
                body["password"] = await ReadPasswordAsync(cancellationToken);
            }

            await AccessCalls.SendAsync(client, HttpMethod.Post, "api/principals", body, cancellationToken);
            await Console.Error.WriteLineAsync($"{parsed.GetValue(Kind)} {parsed.GetValue(Name)} is there, and may do nothing yet");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Remove()
    {
        var command = new Command("remove", "Takes everything from somebody, for good; the name is never given again.") { Name };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            await AccessCalls.SendAsync(client, HttpMethod.Delete, "api/principals/" + AccessCalls.Escaped(parsed.GetValue(Name)!), body: null, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Join() => Membership("join", "Puts somebody into a group or role.", HttpMethod.Put);

    public static Command Leave() => Membership("leave", "Takes somebody out of a group or role.", HttpMethod.Delete);

    public static Command Password()
    {
        var command = new Command("password", "Gives a user another password, from the standard input; all sessions of the user end.") { Name };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var body = new JsonObject { ["password"] = await ReadPasswordAsync(cancellationToken) };
            await AccessCalls.SendAsync(client, HttpMethod.Patch, "api/principals/" + AccessCalls.Escaped(parsed.GetValue(Name)!), body, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Membership(string name, string description, HttpMethod method)
    {
        var command = new Command(name, description) { Name, Group };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var group = AccessCalls.Escaped(parsed.GetValue(Group)!);
            var kind = (await AccessCalls.GetAsync(client, "api/principals/" + group, cancellationToken)).Text("kind");
            await AccessCalls.SendAsync(client, method, $"api/{(kind == "group" ? "groups" : "roles")}/{group}/members/{AccessCalls.Escaped(parsed.GetValue(Name)!)}", body: null, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Never from the command line, which others on this machine can see.</summary>
    static async Task<string> ReadPasswordAsync(CancellationToken cancellationToken) =>
        await Console.In.ReadLineAsync(cancellationToken) is { Length: > 0 } line ? line : throw new CliException(ExitCodes.Usage, "There is no password on the standard input.");
}
