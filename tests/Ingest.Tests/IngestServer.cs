using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LakeAspire.ServiceDefaults;
using LakeAspire.Testing;
using Lakehouse.Sources;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Ingest.Api.Tests;

/// <summary>The service on a free port, with a landing zone of one test's own.</summary>
internal sealed class IngestServer : IAsyncDisposable
{
    static readonly string Key = RandomNumberGenerator.GetHexString(40);
    readonly WebApplication app;
    readonly TempFolder temp;

    IngestServer(WebApplication app, TempFolder temp)
    {
        this.app = app;
        this.temp = temp;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public string AuthorizationHeader => $"Bearer {Key}";

    public LandingZone Zone => app.Services.GetRequiredService<LandingZone>();

    public static async Task<IngestServer> StartAsync(Action<IServiceCollection>? configure = null, params string[] options)
    {
        var temp = new TempFolder();
        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", $"--Lake:Storage:Landing={LocalPath.ToLocation(temp.Below("landing"))}", $"--Lake:Auth:ServiceKey={RandomNumberGenerator.GetHexString(40)}",
            $"--Lake:Auth:UserKey={Key}", "--Logging:LogLevel:Default=Warning", .. options,
        ]);
        builder.AddServiceDefaults();
        builder.AddIngest();
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapIngest();
        await app.StartAsync();
        return new IngestServer(app, temp);
    }

    public async Task<Answer> PostAsync(string content, string? contentType = "application/x-ndjson", string? key = null, string stream = "s") =>
        await SendAsync(HttpMethod.Post, $"streams/{stream}/events", new ByteArrayContent(Encoding.UTF8.GetBytes(content)), contentType, key);

    public async Task<Answer> PutAsync(string name, string content, string? contentType = null, string stream = "s") =>
        await SendAsync(HttpMethod.Put, $"streams/{stream}/files/{Uri.EscapeDataString(name)}", new ByteArrayContent(Encoding.UTF8.GetBytes(content)), contentType);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent content, string? contentType = null, string? key = null, string? encoding = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await Client.SendAsync(request);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new Answer((int)response.StatusCode, body);
    }

    /// <summary>Files that wait, with what was kept of them.</summary>
    public async Task<List<(LandingManifest Manifest, string Content)>> LandedAsync(string stream = "s")
    {
        var landed = new List<(LandingManifest, string)>();
        foreach (var manifest in (await Zone.PendingAsync(StreamName.TryParse(stream, out var name) ? name : default, new LandingLimits(1000, long.MaxValue))).Files)
        {
            await using var data = await Zone.Store.OpenReadAsync(Zone.DataLocation(manifest));
            using var reader = new StreamReader(data, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            landed.Add((manifest, await reader.ReadToEndAsync()));
        }

        return landed;
    }

    /// <summary>Every file below the landing zone, staging included.</summary>
    public List<string> FilesOnDisk() => !Directory.Exists(temp.Below("landing")) ? [] : [.. Directory.EnumerateFiles(temp.Below("landing"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(temp.Below("landing"), f)).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        temp.Dispose();
    }
}

/// <summary>An answer.</summary>
internal sealed record Answer(int Status, JsonElement Body)
{
    public string Id => Body.GetProperty("id").GetString()!;

    public string Title => Body.GetProperty("title").GetString()!;

    public long? Accepted => Body.GetProperty("accepted") is { ValueKind: JsonValueKind.Number } n ? n.GetInt64() : null;

    public (int Status, long? Accepted, long Quarantined, bool Duplicate) Outcome => (Status, Accepted, Body.GetProperty("quarantined").GetInt64(), Body.GetProperty("duplicate").GetBoolean());
}
