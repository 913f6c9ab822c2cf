using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Safety;

/// <summary><c>lake verify</c>.</summary>
internal static class VerifyCommand
{
    static readonly Argument<FileInfo?> File = new("archive") { Description = "Archive of 'lake backup' to look at instead: whether it is whole, and signed by the key.", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<bool> Deep = new("--deep") { Description = "Read the footer of every data file, too, and compare its rows." };
    static readonly Option<bool> Json = new("--json") { Description = "Faults and the summary as JSON, an object per line." };

    public static Command Create()
    {
        var command = new Command("verify", "Looks whether every file that the catalog's tables need, on all branches and tags, is in the store with its size. Exit code 1 and a list when something is missing. With an archive: whether that can be restored.") { File, Deep, Json, PassphraseOption.File };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(File) is { } file)
        {
            return await LookAsync(parsed, file, client, cancellationToken);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"api/verify?deep={(parsed.GetValue(Deep) ? "true" : "false")}", UriKind.Relative));
        using var response = await client.SendAsync(Installation.Catalog, request, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var lines = new StreamReader(body);
            JsonElement? summary = null;
            while (await lines.ReadLineAsync(cancellationToken) is { } text)
            {
                var line = JsonSerializer.Deserialize(text, CliJson.Default.JsonElement);
                summary = await TakeAsync(line, text, parsed.GetValue(Json)) ? line : summary;
            }

            if (summary is not { } end)
            {
                throw new HttpRequestException("no summary");
            }

            var faults = end.GetProperty("faults").GetInt64();
            await Console.Error.WriteLineAsync(
                $"({Texts.Plural(end.GetProperty("tables").GetInt64(), "table")}, {Texts.Plural(end.GetProperty("files").GetInt64(), "file")}, {Texts.Bytes(end.GetProperty("bytes").GetInt64())}: {(faults == 0 ? "all there" : Texts.Plural(faults, "fault"))})");
            return faults == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpIOException or JsonException)
        {
            throw LakeClient.BrokenOff(Installation.Catalog, exception);
        }
    }

    static async Task<int> LookAsync(ParseResult parsed, FileInfo file, LakeClient client, CancellationToken cancellationToken)
    {
        await using var archive = ArchiveFile.Open(file);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/backup/verify", UriKind.Relative)) { Content = new StreamContent(archive) };
        await PassphraseOption.AddAsync(parsed, request, cancellationToken);
        var found = await client.SendAsync(Installation.Catalog, request, CliJson.Default.JsonElement, cancellationToken);
        if (parsed.GetValue(Json))
        {
            await Console.Out.WriteLineAsync(found.GetRawText());
            return ExitCodes.Done;
        }

        var migrations = found.GetProperty("migrationsApplied").GetArrayLength();
        await Console.Error.WriteLineAsync(
            $"{Texts.Plural(found.GetProperty("rows").GetInt64(), "row")} of {Texts.Plural(found.GetProperty("tables").GetInt64(), "table")}, as of {Texts.Time(found.GetProperty("createdAt").GetDateTimeOffset())}"
            + $"{(found.GetProperty("head") is { ValueKind: JsonValueKind.Object } head ? $", up to commit {head.GetProperty("commit").GetInt64()}" : "")}, of the warehouse {Texts.Harmless(found.GetProperty("warehouse").GetString()!)}: whole, and signed by this key"
            + $"{(migrations == 0 ? "" : $"; {Texts.Plural(migrations, "migration")} would be applied")}");
        return ExitCodes.Done;
    }

    /// <summary>Shows a line; whether it is the summary.</summary>
    static async Task<bool> TakeAsync(JsonElement line, string text, bool json)
    {
        var kind = line.GetProperty("line").GetString();
        if (json && kind != "progress")
        {
            await Console.Out.WriteLineAsync(text);
        }
        else if (kind == "fault")
        {
            await Console.Out.WriteLineAsync(
                $"{line.GetProperty("kind").GetString(),-10} {Texts.Harmless(line.GetProperty("table").GetString()!)} on {Texts.Harmless(line.GetProperty("branch").GetString()!)}: {Texts.Harmless(line.GetProperty("location").GetString()!)}: {Texts.OneLine(line.GetProperty("message").GetString()!)}");
        }
        else if (kind == "progress" && !Console.IsErrorRedirected)
        {
            await Console.Error.WriteAsync($"\r{line.GetProperty("tables").GetInt64()} of {Texts.Plural(line.GetProperty("of").GetInt64(), "table")}, {Texts.Plural(line.GetProperty("files").GetInt64(), "file")} …  \r");
        }

        return kind == "summary";
    }
}
