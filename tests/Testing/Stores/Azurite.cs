using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

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

    static string? Folder => System.Environment.GetEnvironmentVariable("LAKEASPIRE_AZURITE");

    /// <summary>The server of this process. Ends the test as "not run" where Azurite is not installed.</summary>
    public static Task<Azurite> StartAsync()
    {
        Needs.Require(Directory.Exists(Folder), "Azurite (LAKEASPIRE_AZURITE names its folder)");
        return Shared.Value;
    }

    /// <summary>What a process needs in its environment to reach the account.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AZURE_STORAGE_BLOB_ENDPOINT"] = Endpoint,
        ["AZURE_STORAGE_ACCOUNT"] = Account,
        ["AZURE_STORAGE_KEY"] = AccountKey,
    };

    /// <summary>Makes a container of a new name.</summary>
    public async Task<string> CreateContainerAsync()
    {
        var name = $"lake-{Guid.NewGuid():N}";
        var date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        var text = $"PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2021-12-02\n/{Account}/{Account}/{name}\nrestype:container";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(AccountKey), Encoding.UTF8.GetBytes(text)));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Endpoint}/{name}?restype=container");
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-version", "2021-12-02");
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {Account}:{signature}");
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return name;
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
