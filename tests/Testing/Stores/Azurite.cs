using System.Diagnostics;

namespace LakeAspire.Testing;

/// <summary>Azurite, which answers as Azure Blob Storage does, on a free port and in memory. One for each test process; ends with it, however it ends.</summary>
public sealed class Azurite
{
    const string Announcement = "successfully listens on ";
    static readonly Lazy<Task<Azurite>> Shared = new(StartOneAsync);

    /// <summary>Referred to for as long as this process lives: its end would close the shell's input.</summary>
    static Process? shell;

    Azurite(string address) => Endpoint = $"{address}/{Account}";

    /// <summary>Address of the account's Blob service.</summary>
    public string Endpoint { get; }

    /// <summary>The account that every Azurite has.</summary>
    public static string Account => "devstoreaccount1";

    /// <summary>Its key, which is public.</summary>
    public static string AccountKey => "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    static string? Folder => Environment.GetEnvironmentVariable("LAKEASPIRE_AZURITE");

    /// <summary>The server of this process. Ends the test as "not run" where Azurite is not installed.</summary>
    public static Task<Azurite> StartAsync()
    {
        Needs.Require(Directory.Exists(Folder), "Azurite (LAKEASPIRE_AZURITE names its folder)");
        return Shared.Value;
    }

    static async Task<Azurite> StartOneAsync()
    {
        const string script = """
            exec 3<&0
            node "$LAKEASPIRE_AZURITE/node_modules/azurite/dist/src/blob/main.js" --silent --inMemoryPersistence --disableTelemetry --blobHost 127.0.0.1 --blobPort 0 3<&- </dev/null 2>&1 & server=$!
            (cat <&3 >/dev/null; kill -KILL $server) >/dev/null 2>&1 &
            wait $server
            """;
        shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var said = new List<string>();
        while (await shell.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            said.Add(line);
            if (line.IndexOf(Announcement, StringComparison.Ordinal) is var at and >= 0)
            {
                return new Azurite(line[(at + Announcement.Length)..].Trim());
            }
        }

        throw new InvalidOperationException($"Azurite did not start: {string.Join('\n', said)}");
    }
}
