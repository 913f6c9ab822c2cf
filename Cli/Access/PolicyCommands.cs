using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Cli.Safety;
using Lakehouse.Formats;

namespace LakeAspire.Cli.Access;

/// <summary><c>lake access policy list | set | drop</c>: row filters and column masks.</summary>
internal static class PolicyCommands
{
    static readonly Argument<string> Table = new("table") { Description = "NAMESPACE.TABLE." };
    static readonly Argument<string?> OfTable = new("table") { Description = "Only of one table, as NAMESPACE.TABLE.", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<string> Name = new("--name") { Description = "Which of the table's policies. Default: default.", DefaultValueFactory = _ => "default" };
    static readonly Option<string?> Filter = new("--filter") { Description = "SQL that is true for the rows that are seen, such as \"region = 'EMEA' OR is_member('global')\"." };
    static readonly Option<string[]> Mask = new("--mask") { Description = "COLUMN=SQL, what is seen instead of a column, such as \"mail=left(mail, 2) || '***'\"; address.street for a field of a struct. May stand several times." };
    static readonly Option<string[]> To = new("--to") { Description = "Whom it binds: users, services, groups, roles. Default: everybody.", AllowMultipleArgumentsPerToken = true };
    static readonly Option<string[]> Except = new("--except") { Description = "Whom it does not bind.", AllowMultipleArgumentsPerToken = true };
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };

    public static Command Create() => new("policy", "Row filters and column masks of tables.") { List(), Set(), Drop() };

    static Command List()
    {
        var command = new Command("list", "Lists row filters and masks.") { OfTable, TableNames.Branch, Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(OfTable) is { } text && !TableNames.IsOne(text))
            {
                result.AddError(NoTable(text));
            }
        });
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var path = parsed.GetValue(OfTable) is { } table ? Route(table) + TableNames.Query(parsed.GetValue(TableNames.Branch)) : "api/policies";
            var answer = await AccessCalls.GetAsync(client, path, cancellationToken);
            await AccessCalls.WriteAsync([.. answer.GetProperty("policies").EnumerateArray()], parsed.GetValue(Json), "no row filters and no masks: 'lake access policy set NAMESPACE.TABLE --filter SQL'",
            [
                ("Table", p => p.Text("table") is { Length: > 0 } name ? DottedName.Within(p.Text("namespace"), name) : "a table that is gone"), ("Name", p => p.Text("name")), ("Rows where", p => p.Text("rowFilter")), ("Masks", Masks),
                ("Binds", p => p.Text("bound") is { Length: > 0 } bound ? bound : "everybody"), ("Except", p => p.Text("exempt")), ("Checked", p => p.Text("checked") == "True" ? "yes" : "no"),
                ("Set", p => p.Time("updatedAt")), ("By", p => p.Text("updatedBy")),
            ]);
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Set()
    {
        var command = new Command("set", "Sets a row filter, masks, or both; they take the place of what the policy said before.") { Table, Name, Filter, Mask, To, Except, TableNames.Branch };
        TableNames.Require(command, Table);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Mask)?.FirstOrDefault(mask => mask.IndexOf('=') < 1) is { } wrong)
            {
                result.AddError($"'{wrong}' is no COLUMN=SQL.");
            }
            else if (result.GetValue(Filter) is null && result.GetValue(Mask) is not { Length: > 0 })
            {
                result.AddError("Give --filter, --mask, or both.");
            }
            else if (result.GetValue(Mask)?.GroupBy(Column).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                result.AddError($"There are two masks of '{twice.Key}'.");
            }
        });
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            var masks = new JsonObject((parsed.GetValue(Mask) ?? []).Select(mask => KeyValuePair.Create<string, JsonNode?>(Column(mask), mask[(mask.IndexOf('=') + 1)..])));
            var body = new JsonObject { ["rowFilter"] = parsed.GetValue(Filter), ["masks"] = masks, ["bound"] = Names(parsed.GetValue(To)), ["exempt"] = Names(parsed.GetValue(Except)) };
            var path = One(parsed.GetValue(Table)!, parsed.GetValue(Name)!) + TableNames.Query(parsed.GetValue(TableNames.Branch));
            var made = (await AccessCalls.SendAsync(client, HttpMethod.Put, path, body, cancellationToken))!.Value;
            await Console.Error.WriteLineAsync($"policy {made.Text("name")} of {parsed.GetValue(Table)}, version {made.Text("version")}{(made.Text("checked") == "True" ? "" : "; not checked: the catalog knows no Query.Api")}");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Drop()
    {
        var command = new Command("drop", "Removes a row filter and masks, at once.") { Table, Name, TableNames.Branch };
        TableNames.Require(command, Table);
        CommandRunner.SetAction(command, async (parsed, client, cancellationToken) =>
        {
            await AccessCalls.SendAsync(client, HttpMethod.Delete, One(parsed.GetValue(Table)!, parsed.GetValue(Name)!) + TableNames.Query(parsed.GetValue(TableNames.Branch)), body: null, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    static string Column(string mask) => mask[..mask.IndexOf('=')].Trim();

    static JsonArray Names(string[]? names) => [.. (names ?? []).Select(name => JsonValue.Create(name))];

    static string Masks(JsonElement policy) => policy.TryGetProperty("masks", out var masks) && masks.ValueKind == JsonValueKind.Object ? string.Join("; ", masks.EnumerateObject().Select(mask => $"{mask.Name} = {mask.Value}")) : "";

    static string NoTable(string text) => $"'{text}' is no NAMESPACE.TABLE.";

    static string One(string table, string policy) => $"{Route(table)}/{AccessCalls.Escaped(policy)}";

    static string Route(string table)
    {
        var (space, name) = TableNames.Parts(table);
        return $"api/policies/{AccessCalls.Escaped(space)}/{AccessCalls.Escaped(name)}";
    }
}
