using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Backup;

/// <summary>
/// <c>LakeAspire.Catalog.Api backup FILE</c>, <c>restore FILE [--replace] [--unsigned]</c> and <c>verify FILE</c>: the same as over HTTP, with the database's address at hand and no service running. The passphrase, if any,
/// is in <c>LAKE_BACKUP_PASSPHRASE</c>.
/// </summary>
internal static class BackupCommands
{
    const string PassphraseVariable = "LAKE_BACKUP_PASSPHRASE";

    public static bool Are(string[] args) => args is ["backup", _, ..] or ["restore", _, ..] or ["verify", _, ..];

    public static async Task<int> RunAsync(string[] args, IServiceProvider services)
    {
        var secret = Environment.GetEnvironmentVariable(PassphraseVariable) is { Length: > 0 } text
            ? new BackupSecret(BackupSecret.Passphrase, text)
            : new BackupSecret(BackupSecret.Installation, services.GetRequiredService<IOptions<LakeAuthOptions>>().Value.UserKey);
        var file = Path.GetFullPath(args[1]);
        try
        {
            if (args[0] == "backup")
            {
                await BackUpAsync(services.GetRequiredService<BackupWriter>(), file, secret);
                return 0;
            }

            await using var archive = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
            var runner = services.GetRequiredService<RestoreRunner>();
            if (args[0] == "verify")
            {
                var whole = await runner.VerifyAsync(archive, secret.Text, CancellationToken.None);
                await Console.Out.WriteLineAsync($"{whole.Rows} rows of {whole.Manifest.Tables.Count} tables: whole, and signed by this key");
                return 0;
            }

            var restored = await runner.RestoreAsync(
                archive, secret.Text, args.Contains("--replace", StringComparer.Ordinal), args.Contains("--unsigned", StringComparer.Ordinal), CancellationToken.None);
            await Console.Out.WriteLineAsync($"{restored.Rows} rows of {restored.Manifest.Tables.Count} tables restored");
            return 0;
        }
        catch (Exception exception) when (exception is BackupException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>The file has its name when it is whole, and not before.</summary>
    static async Task BackUpAsync(BackupWriter writer, string file, BackupSecret secret)
    {
        var partial = file + ".partial";
        await using (var archive = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
        {
            var manifest = await writer.WriteAsync(archive, secret, CancellationToken.None);
            await archive.FlushAsync();
            archive.Flush(flushToDisk: true);
            await Console.Out.WriteLineAsync($"{manifest.Tables.Sum(table => table.Rows)} rows of {manifest.Tables.Count} tables in {file}");
        }

        File.Move(partial, file, overwrite: true);
    }
}
