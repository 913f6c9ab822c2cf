using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using LakeAspire.Fakes;
using LakeAspire.Testing;

namespace LakeAspire.Portal.Tests;

/// <summary>The real portal as a process of its own, beside a fake lake.</summary>
public sealed partial class RunningPortal : IAsyncDisposable
{
#if DEBUG
    const string Configuration = "Debug";
#else
    const string Configuration = "Release";
#endif
    readonly Process process;
    readonly ConcurrentQueue<string> output = new();
    readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    RunningPortal(Process process, FakeLake lake) => (this.process, Lake) = (process, lake);

    public FakeLake Lake { get; }

    public Uri Address { get; private set; } = null!;

    public string Output => string.Join('\n', output);

    public int ProcessId => process.Id;

    public static async Task<RunningPortal> StartAsync(FakeLake lake, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            // Not the project's folder: what it serves must be found beside the program.
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(Repository.PathOf("Portal", "bin", Configuration, "net10.0", "LakeAspire.Portal.dll"));
        var address = lake.Address.ToString().TrimEnd('/');
        (string, string)[] all =
        [
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("LAKEASPIRE_PARENT_PIPE", "true"), ("Lake__Auth__UserKey", FakeLake.UserKey), ("Lake__Auth__ServiceKey", FakeLake.ServiceKey),
            ("services__catalog-api__http__0", address), ("services__query-api__http__0", address), ("services__ingest-api__http__0", address), .. settings,
        ];
        foreach (var (name, value) in all)
        {
            start.Environment[name] = value;
        }

        var portal = new RunningPortal(Process.Start(start)!, lake);
        portal.process.OutputDataReceived += (_, line) => portal.Note(line.Data);
        portal.process.ErrorDataReceived += (_, line) => portal.Note(line.Data);
        portal.process.BeginOutputReadLine();
        portal.process.BeginErrorReadLine();
        try
        {
            portal.Address = await portal.listening.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail("the portal did not start\n" + portal.Output);
        }

        return portal;
    }

    /// <summary>A client without cookies that follows no redirect.</summary>
    public HttpClient Client(string? key = null, bool cookies = false)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = cookies }) { BaseAddress = Address };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return client;
    }

    public async Task<Uri> SignInLinkAsync()
    {
        using var client = Client(FakeLake.UserKey);
        using var answer = await client.PostAsync("/api/signin-links", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var link = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return new Uri(link.GetProperty("url").GetString()!);
    }

    /// <summary>A client with a session.</summary>
    public async Task<HttpClient> SignedInAsync()
    {
        var client = Client(cookies: true);
        using var answer = await client.PostAsync("/signin", Token(await SignInLinkAsync()), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    public static FormUrlEncodedContent Token(Uri link) => new([new("token", TokenOf(link))]);

    public static string TokenOf(Uri link) => link.Query["?token=".Length..];

    void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
    }

    public async Task StopAsync()
    {
        // The end of its parent's pipe is how the portal is told to stop.
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
