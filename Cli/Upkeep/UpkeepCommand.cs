using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;
using Lakehouse.Formats;

namespace LakeAspire.Cli.Upkeep;

/// <summary><c>lake upkeep</c>.</summary>
internal static class UpkeepCommand
{
    static readonly Argument<string?> Table = new("table") { Description = "LAYER.TABLE. Default: all tables.", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be done, and why; do nothing." };
    static readonly Option<bool> Json = new("--json") { Description = "An act per line (NDJSON)." };
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var command = new Command("upkeep", "Has the worker look after tables now: compaction, clustering, expiry, orphans, manifests. It does so by itself too, within a budget.") { Table, DryRun, Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Table) is { } table && !table.Contains('.', StringComparison.Ordinal))
            {
                result.AddError($"'{table}' is no LAYER.TABLE.");
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        using var asking = new HttpRequestMessage(HttpMethod.Post, new Uri("api/upkeep", UriKind.Relative))
        {
            Content = JsonContent.Create(new UpkeepWish(parsed.GetValue(Table), parsed.GetValue(DryRun)), CliJson.Default.UpkeepWish),
        };
        var request = await client.SendAsync(Installation.Catalog, asking, CliJson.Default.UpkeepRequest, cancellationToken);
        var json = parsed.GetValue(Json);
        var told = new Dictionary<Guid, string>();
        while (request.State is "queued" or "running")
        {
            await Task.Delay(Pause, cancellationToken);
            request = await client.GetAsync(Installation.Catalog, $"api/upkeep/{request.Id.ToString(CultureInfo.InvariantCulture)}", CliJson.Default.UpkeepRequest, cancellationToken);
            foreach (var act in (request.Acts ?? []).Where(act => !json && (!told.TryGetValue(act.Id, out var state) || state != act.State)))
            {
                told[act.Id] = act.State;
                await Console.Error.WriteLineAsync($"{DottedName.Within(act.Namespace, act.Table)}: {act.Act} {act.State}");
            }
        }

        await WriteAsync(request.Acts ?? [], json);
        return request.State == "succeeded" ? ExitCodes.Done : throw new CliException(ExitCodes.Failed, request.Error ?? "the worker gave no reason");
    }

    static async Task WriteAsync(IReadOnlyList<UpkeepAct> acts, bool json)
    {
        if (json)
        {
            foreach (var act in acts)
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(act, CliJson.Default.UpkeepAct));
            }

            return;
        }

        if (acts.Count == 0)
        {
            await Console.Error.WriteLineAsync("(nothing to do: the tables are in shape)");
            return;
        }

        TextTable.Write(Consoles.Out, [new("Table"), new("Act"), new("State"), new("Why"), new("Figures")],
            [.. acts.Select(act => new[] { DottedName.Within(act.Namespace, act.Table), act.Act, act.State, act.Error is null ? act.Reason : $"{act.Reason}: {act.Error}", Figures(act.Details) })]);
    }

    static string Figures(JsonElement? details) => details is not { ValueKind: JsonValueKind.Object } figures
        ? ""
        : string.Join(", ", figures.EnumerateObject().Select(figure => $"{figure.Name} {(figure.Name.StartsWith("bytes", StringComparison.Ordinal) && figure.Value.TryGetInt64(out var bytes) ? Texts.Bytes(bytes) : figure.Value.ToString())}"));
}
