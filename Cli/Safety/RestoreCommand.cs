using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Safety;

/// <summary><c>lake restore</c>.</summary>
internal static class RestoreCommand
{
    static readonly Argument<FileInfo> File = new("file") { Description = "Archive that 'lake backup' wrote." };
    static readonly Option<bool> Replace = new("--replace") { Description = "The database's content may go: without this, only an empty one is filled." };

    public static Command Create()
    {
        var command = new Command("restore", "Puts a backup back, whole or not at all, after its checksums were checked. One of an earlier version is migrated. Then run 'lake verify'.") { File, Replace, PassphraseOption.File };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        await using var archive = new FileStream(parsed.GetRequiredValue(File).FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"api/restore?replace={(parsed.GetValue(Replace) ? "true" : "false")}", UriKind.Relative)) { Content = new StreamContent(archive) };
        await PassphraseOption.AddAsync(parsed, request, cancellationToken);
        JsonElement restored;
        try
        {
            restored = await client.SendAsync(Installation.Catalog, request, CliJson.Default.JsonElement, cancellationToken);
        }
        catch (CliException exception) when (exception.ExitCode == ExitCodes.Failed)
        {
            throw new CliException(ExitCodes.Failed, exception.Message + " Nothing was changed.", exception);
        }

        var migrations = restored.GetProperty("migrationsApplied").GetArrayLength();
        await Console.Error.WriteLineAsync(
            $"{Texts.Plural(restored.GetProperty("rows").GetInt64(), "row")} of {Texts.Plural(restored.GetProperty("tables").GetInt64(), "table")} restored, as of {Texts.Time(restored.GetProperty("createdAt").GetDateTimeOffset())}"
            + $"{(migrations == 0 ? "" : $"; {Texts.Plural(migrations, "migration")} applied")}. Now see whether the files are there: lake verify");
        return ExitCodes.Done;
    }
}
