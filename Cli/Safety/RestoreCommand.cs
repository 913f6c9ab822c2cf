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

    static readonly Option<bool> Unsigned = new("--unsigned") { Description = "Take an archive that is not signed by this key, as one of an earlier version, or one that was changed. Its checksums have to fit all the same." };

    public static Command Create()
    {
        var command = new Command("restore", "Puts a backup back, whole or not at all, after its checksums and its signature were checked. One of an earlier version is migrated. Then run 'lake verify'.") { File, Replace, Unsigned, PassphraseOption.File };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        await using var archive = ArchiveFile.Open(parsed.GetRequiredValue(File));
        var path = $"api/restore?replace={(parsed.GetValue(Replace) ? "true" : "false")}&unsigned={(parsed.GetValue(Unsigned) ? "true" : "false")}";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StreamContent(archive) };
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
