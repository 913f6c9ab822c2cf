using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;
using Lakehouse.Formats;

namespace LakeAspire.Cli.Safety;

internal sealed record DroppedThing(Guid Id, string Namespace, string Name, string Kind, LastCommit DroppedBy, long? Rows, long? Bytes, bool CanComeBack, DateTimeOffset? UndropUntil, string? Purge)
{
    public string FullName => DottedName.Within(Namespace, Name);
}

/// <summary><c>lake dropped</c>.</summary>
internal static class DroppedCommand
{
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };

    public static Command Create()
    {
        var command = new Command("dropped", "Lists tables, views and namespaces that were dropped, and whether they can come back.") { TableNames.Branch, Json };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(Installation.Catalog, "api/dropped" + TableNames.Query(parsed.GetValue(TableNames.Branch)), CliJson.Default.JsonElement, cancellationToken);
        var dropped = answer.GetProperty("dropped").EnumerateArray().ToList();
        if (parsed.GetValue(Json))
        {
            foreach (var one in dropped)
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(one, CliJson.Default.JsonElement));
            }

            return ExitCodes.Done;
        }

        if (dropped.Count == 0)
        {
            await Console.Error.WriteLineAsync("(nothing was dropped)");
            return ExitCodes.Done;
        }

        TextTable.Write(
            Consoles.Out, [new("Name"), new("Kind"), new("Rows", true), new("Size", true), new("Dropped"), new("By"), new("Comes back"), new("Id")],
            [.. dropped.Select(one => one.Deserialize(CliJson.Default.DroppedThing)!).Select(one => new string?[]
            {
                one.FullName, one.Kind, Texts.Count(one.Rows), Texts.Bytes(one.Bytes), Texts.Time(one.DroppedBy.At), one.DroppedBy.Author ?? "", Way(one), one.Id.ToString(),
            })]);
        return ExitCodes.Done;
    }

    static string Way(DroppedThing one) => !one.CanComeBack ? one.Purge is "running" or "done" ? "no: its files were purged" : "no: its time is over" : one.UndropUntil is { } until ? $"until {Texts.Time(until)}" : "yes";
}
