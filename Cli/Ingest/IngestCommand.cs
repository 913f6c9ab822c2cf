using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Ingest;

/// <summary><c>lake ingest</c>.</summary>
internal static class IngestCommand
{
    static readonly Argument<FileInfo[]> Files = new("files") { Description = "NDJSON, JSON, CSV or Parquet; .gz of the first three.", Arity = ArgumentArity.OneOrMore };
    static readonly Option<string> Stream = new("--stream", "-s") { Description = "The stream that they belong to; its table is bronze.<stream>.", Required = true };
    static readonly Option<bool> Json = new("--json") { Description = "An object per file and line (NDJSON)." };

    public static Command Create()
    {
        var command = new Command("ingest", "Sends files to a stream. A file counts once by its name: to send it again is safe.") { Files, Stream, Json };
        command.Validators.Add(result =>
        {
            foreach (var name in (result.GetValue(Files) ?? []).GroupBy(file => file.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            {
                result.AddError($"Two files are named {name.Key}, and a file counts once by its name: rename one.");
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var files = parsed.GetValue(Files)!;
        if (files.FirstOrDefault(file => !file.Exists) is { } missing)
        {
            throw new CliException(ExitCodes.Usage, Directory.Exists(missing.FullName) ? $"{missing} is a folder: name its files, for instance {missing}/*.json." : $"There is no file {missing}.");
        }

        var sender = new FileSender(client, parsed.GetValue(Stream)!);
        var sent = await SendProgress.ShowAsync(files, sender, cancellationToken);
        await (parsed.GetValue(Json) ? WriteJsonAsync(sent) : WriteSummaryAsync(sent));
        return sent.All(file => file.Ok) ? ExitCodes.Done : ExitCodes.Failed;
    }

    static async Task WriteJsonAsync(IReadOnlyList<SentFile> sent)
    {
        foreach (var file in sent)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(file, CliJson.Default.SentFile));
        }
    }

    static async Task WriteSummaryAsync(IReadOnlyList<SentFile> sent)
    {
        var good = sent.Where(file => file.Ok).ToList();
        if (good.Count > 0)
        {
            var unknown = good.Any(file => file.Accepted is null) ? " and those of Parquet files, counted when they are loaded" : "";
            var repeated = good.Count(file => file.Duplicate == true);
            await Console.Out.WriteLineAsync(
                $"{Texts.Plural(good.Count, "file")}: {Texts.Plural(good.Sum(file => file.Accepted ?? 0), "event")} accepted{unknown}, {Texts.Count(good.Sum(file => file.Quarantined ?? 0))} to quarantine"
                + (repeated > 0 ? $"; {Texts.Plural(repeated, "file")} had been received before" : ""));
        }

        foreach (var file in sent.Where(file => !file.Ok))
        {
            await Console.Error.WriteLineAsync($"lake: {file.File} was not sent: {Texts.OneLine(file.Error ?? "")}");
        }
    }
}
