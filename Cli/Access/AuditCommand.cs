using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace LakeAspire.Cli.Access;

/// <summary><c>lake access audit</c>.</summary>
internal static class AuditCommand
{
    static readonly Option<string?> Principal = new("--principal") { Description = "Only of one principal." };
    static readonly Option<string?> Outcome = new("--outcome") { Description = "allowed, denied or changed." };
    static readonly Option<string?> On = new("--on") { Description = "Only on one thing, such as 'table gold.people'." };
    static readonly Option<int> Limit = new("--limit") { Description = "How many. Default: 50.", DefaultValueFactory = _ => 50 };
    static readonly Option<bool> Json = new("--json") { Description = "An entry per line (NDJSON)." };

    public static Command Create()
    {
        var command = new Command("audit", "Shows what was decided and changed, newest first.") { Principal, Outcome, On, Limit, Json };
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var query = string.Concat((((string Name, string? Value)[])[("principal", parsed.GetValue(Principal)), ("outcome", parsed.GetValue(Outcome)), ("securable", parsed.GetValue(On))])
                .Where(part => part.Value is not null).Select(part => $"&{part.Name}={AccessCalls.Escaped(part.Value!)}"));
            var answer = await AccessCalls.GetAsync(client, string.Create(CultureInfo.InvariantCulture, $"api/audit?limit={parsed.GetValue(Limit)}{query}"), cancellationToken);
            await AccessCalls.WriteAsync([.. answer.GetProperty("entries").EnumerateArray()], parsed.GetValue(Json), "nothing of the kind",
            [
                ("When", e => e.Time("at")), ("Who", e => e.Text("principal")), ("What", e => e.Text("action")), ("Outcome", e => e.Text("outcome")), ("On", e => e.Text("securable")), ("Branch", e => e.Text("branch")),
                ("Times", e => e.Text("count")), ("More", Detail),
            ]);
            return ExitCodes.Done;
        });
        return command;
    }

    static string Detail(JsonElement entry) => entry.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.Object
        ? string.Join(", ", detail.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => $"{p.Name} {p.Value}")) : "";
}
