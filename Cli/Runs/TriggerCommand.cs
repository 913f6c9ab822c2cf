using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli.Runs;

/// <summary><c>lake trigger</c>.</summary>
internal static class TriggerCommand
{
    static readonly Argument<string> Pipeline = new("pipeline") { Description = "Name of the pipeline." };
    static readonly Option<bool> Wait = new("--wait") { Description = "Wait for the end of the run and show its models; a failed run is exit code 1." };
    static readonly Option<bool> Json = new("--json") { Description = "The run as one line of JSON." };

    public static Command Create()
    {
        var command = new Command("trigger", "Starts a run of a pipeline.") { Pipeline, Wait, Json };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    /// <summary>The catalog queues runs of pipelines that no worker has named yet; somebody who types a name wants to hear that it is wrong.</summary>
    static async Task EnsureKnownAsync(LakeClient client, string pipeline, CancellationToken cancellationToken)
    {
        var projects = await client.GetAsync(Installation.Catalog, "api/projects", CliJson.Default.JsonElement, cancellationToken);
        string[] known = [.. projects.GetProperty("projects").EnumerateArray().Select(project => project.GetProperty("name").GetString()!)];
        if (!known.Contains(pipeline, StringComparer.Ordinal))
        {
            throw new CliException(ExitCodes.Failed, $"There is no pipeline '{pipeline}'; known: {(known.Length == 0 ? "none" : string.Join(", ", known))}.");
        }
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        await EnsureKnownAsync(client, parsed.GetValue(Pipeline)!, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/runs", UriKind.Relative))
        {
            Content = JsonContent.Create(new RunRequest(parsed.GetValue(Pipeline)!, "manual"), CliJson.Default.RunRequest),
        };
        var run = await client.SendAsync(Installation.Catalog, request, CliJson.Default.Run, cancellationToken);
        var json = parsed.GetValue(Json);
        if (!parsed.GetValue(Wait))
        {
            await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(run, CliJson.Default.Run) : $"Run {run.Id} of {run.Pipeline} is {run.State}.");
            return ExitCodes.Done;
        }

        var ended = await RunWatch.UntilEndAsync(client, run, quiet: json, cancellationToken);
        if (json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(ended, CliJson.Default.Run));
        }

        return ended.State == "succeeded"
            ? ExitCodes.Done
            : throw new CliException(ExitCodes.Failed, $"Run {ended.Id} of {ended.Pipeline} {ended.State}: {ended.Error ?? "no reason was given"}");
    }
}
