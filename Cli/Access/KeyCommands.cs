using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Cli.Access;

/// <summary><c>lake access keys | key | rotate-key | revoke-key</c>. A key goes to the standard output, and nowhere else.</summary>
internal static class KeyCommands
{
    static readonly Argument<string> Principal = new("principal") { Description = "The user or service." };
    static readonly Argument<Guid> Id = new("id") { Description = "The key, as 'lake access keys' shows it." };
    static readonly Option<string> Name = new("--name") { Description = "What it is for.", Required = true };
    static readonly Option<double?> Days = new("--days") { Description = "For how many days it is valid. Default: for good." };
    static readonly Option<int?> Overlap = new("--overlap-seconds") { Description = "How long the old key is valid beside the new one. Default: an hour." };
    static readonly Option<string?> Of = new("--principal") { Description = "Only of one principal." };
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };

    public static Command List()
    {
        var command = new Command("keys", "Lists API keys, without their secrets.") { Of, Json };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var answer = await AccessCalls.GetAsync(client, "api/api-keys" + (parsed.GetValue(Of) is { } of ? "?principal=" + AccessCalls.Escaped(of) : ""), cancellationToken);
            await AccessCalls.WriteAsync([.. answer.GetProperty("keys").EnumerateArray()], parsed.GetValue(Json), "no keys: 'lake access key NAME --name WHAT-FOR'",
            [
                ("Id", k => k.Text("id")), ("Of", k => k.Text("principal")), ("Name", k => k.Text("name")), ("Made", k => k.Time("createdAt")), ("Last used", k => k.Time("lastUsedAt")),
                ("Valid until", k => k.Time("revokedAt") is { Length: > 0 } ? "revoked" : k.Time("expiresAt")),
            ]);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Make()
    {
        var command = new Command("key", "Makes an API key, and shows it this once.") { Principal, Name, Days };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var body = new JsonObject { ["principal"] = parsed.GetValue(Principal), ["name"] = parsed.GetValue(Name), ["expiresInDays"] = parsed.GetValue(Days) };
            return await ShowAsync(await AccessCalls.SendAsync(client, HttpMethod.Post, "api/api-keys", body, cancellationToken));
        });
        return command;
    }

    public static Command Rotate()
    {
        var command = new Command("rotate-key", "Makes another key in place of one, which is valid for a while still.") { Id, Overlap };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
            await ShowAsync(await AccessCalls.SendAsync(client, HttpMethod.Post, $"api/api-keys/{parsed.GetValue(Id)}/rotate", new JsonObject { ["overlapSeconds"] = parsed.GetValue(Overlap) }, cancellationToken)));
        return command;
    }

    public static Command Revoke()
    {
        var command = new Command("revoke-key", "Takes a key back, with all tokens that hang on it, at once.") { Id };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            await AccessCalls.SendAsync(client, HttpMethod.Delete, $"api/api-keys/{parsed.GetValue(Id)}", body: null, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task<int> ShowAsync(JsonElement? made)
    {
        await Console.Error.WriteLineAsync($"key {made!.Value.Text("id")} of {made.Value.Text("principal")}; it is shown this once:");
        Console.WriteLine(made.Value.Text("key"));
        return ExitCodes.Done;
    }
}
