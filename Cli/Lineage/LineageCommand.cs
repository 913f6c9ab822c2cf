using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli.Lineage;

/// <summary><c>lake lineage</c>.</summary>
internal static class LineageCommand
{
    static readonly Argument<string> Table = new("table") { Description = "LAYER.TABLE." };
    static readonly Option<string?> Column = new("--column") { Description = "Of this column alone." };
    static readonly Option<bool> Upstream = new("--upstream") { Description = "Only what it is made of." };
    static readonly Option<bool> Downstream = new("--downstream") { Description = "Only what is made of it." };
    static readonly Option<string?> AsOf = new("--as-of") { Description = "As of a time such as 2026-11-21T10:00:00Z, or of a commit." };
    static readonly Option<string?> Branch = new("--branch") { Description = "On this branch. Default: main." };
    static readonly Option<int> Depth = new("--depth") { Description = "Greatest number of steps, up to 50.", DefaultValueFactory = _ => 10 };
    static readonly Option<bool> Json = new("--json") { Description = "The graph as the catalog gives it." };

    public static Command Create()
    {
        var command = new Command("lineage", "Shows what a table or column is made of, and what is made of it.") { Table, Column, Upstream, Downstream, AsOf, Branch, Depth, Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Table) is { } table && !table.Contains('.', StringComparison.Ordinal))
            {
                result.AddError($"'{table}' is no LAYER.TABLE.");
            }

            if (result.GetValue(Upstream) && result.GetValue(Downstream))
            {
                result.AddError("Leave both --upstream and --downstream out to see both ways.");
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var table = parsed.GetRequiredValue(Table);
        var column = parsed.GetValue(Column);
        var direction = parsed.GetValue(Upstream) ? "upstream" : parsed.GetValue(Downstream) ? "downstream" : "both";
        (string Name, string? Value)[] parameters =
        [
            ("table", table), ("column", column), ("direction", direction), ("asOf", parsed.GetValue(AsOf)), ("branch", parsed.GetValue(Branch)), ("depth", parsed.GetValue(Depth).ToString(CultureInfo.InvariantCulture)),
        ];
        var query = string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        var answer = await client.GetAsync(Installation.Catalog, $"api/lineage/graph?{query}", CliJson.Default.JsonElement, cancellationToken);
        if (parsed.GetValue(Json))
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, CliJson.Default.JsonElement));
            return ExitCodes.Done;
        }

        var tree = new LineageTree(answer, column);
        foreach (var line in tree.Lines(direction is "both" or "upstream", direction is "both" or "downstream"))
        {
            await Console.Out.WriteLineAsync(line);
        }

        if (answer.GetProperty("truncated").GetBoolean())
        {
            await Console.Error.WriteLineAsync("lake: there is more than is shown: ask for fewer steps (--depth), or one direction.");
        }

        return ExitCodes.Done;
    }
}
