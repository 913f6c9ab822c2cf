using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Safety;
using LakeAspire.Cli.Terminal;
using Lakehouse.Formats;

namespace LakeAspire.Cli.Tables;

/// <summary><c>lake tables</c>.</summary>
internal static class TablesCommand
{
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };
    static readonly string[] Layers = ["bronze", "silver", "gold"];

    public static Command Create()
    {
        var command = new Command("tables", "Lists the tables.") { TableNames.Branch, Json };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(Installation.Catalog, "api/tables" + TableNames.Query(parsed.GetValue(TableNames.Branch)), CliJson.Default.JsonElement, cancellationToken);
        var tables = answer.GetProperty("tables").EnumerateArray().ToList();
        if (parsed.GetValue(Json))
        {
            foreach (var table in tables)
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(table, CliJson.Default.JsonElement));
            }

            return ExitCodes.Done;
        }

        if (tables.Count == 0)
        {
            await Console.Error.WriteLineAsync("(no tables yet: send a file with 'lake ingest FILE --stream NAME')");
            return ExitCodes.Done;
        }

        var rows = tables.Select(table => table.Deserialize(CliJson.Default.TableEntry)!)
            .OrderBy(table => Array.IndexOf(Layers, table.Namespace) is var rank and >= 0 ? rank : Layers.Length)
            .ThenBy(table => table.Namespace, StringComparer.Ordinal)
            .ThenBy(table => table.Name, StringComparer.Ordinal)
            .Select(table => new string?[]
            {
                DottedName.Within(table.Namespace, table.Name), Texts.Count(table.Rows), Texts.Count(table.Files), Texts.Bytes(table.Bytes), Texts.Time(table.LastCommit?.At), table.LastCommit?.Author ?? "",
            });
        TextTable.Write(Consoles.Out, [new("Table"), new("Rows", true), new("Files", true), new("Size", true), new("Last commit"), new("By")], [.. rows]);
        return ExitCodes.Done;
    }
}
