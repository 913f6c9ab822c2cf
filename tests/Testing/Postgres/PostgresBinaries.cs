using System.ComponentModel;
using System.Diagnostics;

namespace LakeAspire.Testing.Postgres;

/// <summary>Where PostgreSQL's programs are: the native part, or an installed PostgreSQL where the part cannot be fetched.</summary>
internal static class PostgresBinaries
{
    const string Installed = "/usr/lib/postgresql";

    /// <summary>The folder of <c>postgres</c> and <c>initdb</c>, which <paramref name="account"/> can run; ends the test as not run when there is none.</summary>
    public static async Task<string> FindAsync(PostgresAccount account, string scratch, CancellationToken cancellationToken)
    {
        var part = await FetchAsync(cancellationToken);
        var bin = part is null ? NewestInstalled() : Path.Combine(part, "bin");
        Needs.Require(bin is not null, "PostgreSQL (node native/fetch.mjs postgresql)");
        if (part is null || await account.CanRunAsync(Path.Combine(bin!, "postgres"), cancellationToken))
        {
            return bin!;
        }

        // The part lies in a folder that the account cannot enter.
        var copy = Path.Combine(scratch, "postgresql");
        await PostgresAccount.RunAsync(["cp", "-a", part, copy], cancellationToken);
        return Path.Combine(copy, "bin");
    }

    static async Task<string?> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var info = new ProcessStartInfo("node", [Repository.PathOf("native", "fetch.mjs"), "postgresql"]) { RedirectStandardOutput = true, UseShellExecute = false };
            using var process = Process.Start(info)!;
            var folder = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? folder.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    static string? NewestInstalled() =>
        Directory.Exists(Installed)
            ? Directory.GetDirectories(Installed).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin")).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")))
            : null;
}
