using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Safety;

/// <summary><c>lake backup</c>.</summary>
internal static class BackupCommand
{
    static readonly Argument<FileInfo> File = new("file") { Description = "Archive to write, a ZIP." };
    static readonly Option<bool> Force = new("--force") { Description = "Replace the file if it exists." };

    public static Command Create()
    {
        var command = new Command("backup", "Writes all that the catalog's database holds into one file, as of one moment, while everything goes on. Data files are not in it: 'lake verify' says whether they fit.")
        {
            File, Force, PassphraseOption.File,
        };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(File).FullName;
        if (System.IO.File.Exists(file) && !parsed.GetValue(Force))
        {
            throw new CliException(ExitCodes.Failed, $"{file} exists; name another, or replace it by --force.");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/backup", UriKind.Relative));
        await PassphraseOption.AddAsync(parsed, request, cancellationToken);
        var partial = file + ".partial";
        try
        {
            using (var response = await client.SendAsync(Installation.Catalog, request, cancellationToken))
            {
                await SaveAsync(response, partial, cancellationToken);
            }

            var (tables, rows, commit) = await LookAsync(partial, cancellationToken);
            System.IO.File.Move(partial, file, overwrite: true);
            await Console.Error.WriteLineAsync(
                $"{Texts.Plural(rows, "row")} of {Texts.Plural(tables, "table")}{(commit is { } id ? $", up to commit {id}" : "")}: {file} ({Texts.Bytes(new FileInfo(file).Length)})");
            return ExitCodes.Done;
        }
        finally
        {
            System.IO.File.Delete(partial);
        }
    }

    static async Task SaveAsync(HttpResponseMessage response, string partial, CancellationToken cancellationToken)
    {
        try
        {
            await using var output = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
            await response.Content.CopyToAsync(output, cancellationToken);
            await output.FlushAsync(cancellationToken);
            output.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpIOException)
        {
            throw LakeClient.BrokenOff(Installation.Catalog, exception);
        }
    }

    /// <summary>An archive that was broken off has no manifest.</summary>
    static async Task<(long Tables, long Rows, long? Commit)> LookAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = System.IO.File.OpenRead(file);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            var entry = zip.GetEntry("manifest.json") ?? throw new InvalidDataException("no manifest");
            await using var content = await entry.OpenAsync(cancellationToken);
            using var manifest = await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken);
            var tables = manifest.RootElement.GetProperty("tables").EnumerateArray().ToList();
            long? commit = manifest.RootElement.TryGetProperty("head", out var head) ? head.GetProperty("commit").GetInt64() : null;
            return (tables.Count, tables.Sum(table => table.GetProperty("rows").GetInt64()), commit);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            throw LakeClient.BrokenOff(Installation.Catalog, exception);
        }
    }
}

/// <summary>The passphrase of an archive's secrets.</summary>
internal static class PassphraseOption
{
    const string Variable = "LAKE_BACKUP_PASSPHRASE";
    const string Header = "LakeAspire-Passphrase";

    public static readonly Option<FileInfo?> File = new("--passphrase-file")
    {
        Description = $"File with the passphrase that secrets in the archive are sealed with; also {Variable}. Default: the user key of the installation (so an old installation's secrets/user.key is the passphrase of its archives).",
    };

    public static async Task AddAsync(ParseResult parsed, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var text = parsed.GetValue(File) is { } file ? (await System.IO.File.ReadAllTextAsync(file.FullName, cancellationToken)).Trim() : Environment.GetEnvironmentVariable(Variable);
        if (text is { Length: > 0 })
        {
            request.Headers.Add(Header, Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        }
    }
}
