using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Runs;

/// <summary><c>lake runs</c>.</summary>
internal static class RunsCommand
{
    static readonly Argument<string?> Pipeline = new("pipeline") { Description = "Of this pipeline alone.", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };
    static readonly Option<int> Limit = new("--limit") { Description = "Runs at most, newest first.", DefaultValueFactory = _ => 20 };

    public static Command Create()
    {
        var command = new Command("runs", "Lists the runs of pipelines.") { Pipeline, Json, Limit };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var path = FormattableString.Invariant($"api/runs?limit={Math.Max(1, parsed.GetValue(Limit))}")
            + (parsed.GetValue(Pipeline) is { } pipeline ? "&pipeline=" + Uri.EscapeDataString(pipeline) : "");
        var runs = (await client.GetAsync(Installation.Catalog, path, CliJson.Default.JsonElement, cancellationToken)).GetProperty("runs").EnumerateArray().ToList();
        if (parsed.GetValue(Json))
        {
            foreach (var run in runs)
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(run, CliJson.Default.JsonElement));
            }

            return ExitCodes.Done;
        }

        if (runs.Count == 0)
        {
            await Console.Error.WriteLineAsync("(no runs yet: start one with 'lake trigger PIPELINE')");
            return ExitCodes.Done;
        }

        var rows = runs.Select(run => run.Deserialize(CliJson.Default.Run)!).Select(run => new string?[]
        {
            run.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), run.Pipeline, run.State, run.Trigger ?? "", Texts.Time(run.StartedAt ?? run.CreatedAt),
            Texts.Duration(run.FinishedAt - run.StartedAt), run.Error is null ? "" : Texts.OneLine(run.Error),
        });
        TextTable.Write(Consoles.Out, [new("Run", true), new("Pipeline"), new("State"), new("By"), new("Started"), new("Took", true), new("Error")], [.. rows]);
        return ExitCodes.Done;
    }
}
