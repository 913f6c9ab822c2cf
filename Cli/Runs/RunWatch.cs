using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;
using Spectre.Console;

namespace LakeAspire.Cli.Runs;

/// <summary>Follows a run to its end: a line for each model that is done, and on a terminal what it does now.</summary>
internal static class RunWatch
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    /// <summary>How long the catalog may be away, for instance while it restarts.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<Run> UntilEndAsync(LakeClient client, Run run, bool quiet, CancellationToken cancellationToken)
    {
        var console = Consoles.Out;
        if (quiet || !console.Profile.Capabilities.Interactive)
        {
            return await FollowAsync(client, run, quiet ? _ => { } : console.WriteLine, _ => { }, cancellationToken);
        }

        return await console.Status().Spinner(Spinner.Known.Dots).StartAsync(
            "waiting for a worker", context => FollowAsync(client, run, console.WriteLine, status => context.Status(Markup.Escape(status)), cancellationToken));
    }

    static async Task<Run> FollowAsync(LakeClient client, Run run, Action<string> tell, Action<string> show, CancellationToken cancellationToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        tell($"Run {run.Id} of {run.Pipeline}");
        while (true)
        {
            foreach (var node in (run.Nodes ?? []).Where(node => node.State is "succeeded" or "failed" or "skipped" && told.Add(node.Model)))
            {
                tell(Line(node));
            }

            if (run.State is not ("queued" or "running"))
            {
                if (run.State == "succeeded")
                {
                    tell($"Succeeded in {Texts.Duration(run.FinishedAt - run.StartedAt)}{(run.CommitId is { } commit ? $", commit {commit}" : "")}.");
                }

                return run;
            }

            var current = run.Nodes?.FirstOrDefault(node => node.State == "running")?.Model;
            show(current ?? (run.State == "queued" ? "waiting for a worker" : "running"));
            await Task.Delay(Pause, cancellationToken);
            run = await GetAsync(client, run.Id, cancellationToken);
        }
    }

    static string Line(RunNode node) => node.State switch
    {
        "succeeded" => $"  ✓ {node.Model}  {Texts.Duration(node.FinishedAt - node.StartedAt)}{(node.Rows is { } rows ? $"  {Texts.Plural(rows, "row")}" : "")}",
        "failed" => $"  ✗ {node.Model}  {Texts.OneLine(node.Error ?? "failed")}",
        _ => $"  - {node.Model}  skipped",
    };

    static async Task<Run> GetAsync(LakeClient client, long id, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await client.GetAsync(Installation.Catalog, FormattableString.Invariant($"api/runs/{id}"), CliJson.Default.Run, cancellationToken);
            }
            catch (CliException exception) when (exception.ExitCode == ExitCodes.NotReachable && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
