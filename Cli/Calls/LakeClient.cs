using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli.Calls;

/// <summary>Calls the services of an installation; what goes wrong comes as a <see cref="CliException"/> that says what to do.</summary>
internal sealed class LakeClient(Installation installation) : IDisposable
{
    // A proxy has no business between this machine and itself, nor with the key.
    readonly HttpClient local = Create(useProxy: false);
    readonly HttpClient remote = Create(useProxy: true);

    static HttpClient Create(bool useProxy) =>
        new(new SocketsHttpHandler { UseProxy = useProxy, ConnectTimeout = TimeSpan.FromSeconds(5), AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>A client of the catalog for the library of tables, with the address and the key of this one.</summary>
    public HttpClient OpenCatalog()
    {
        var address = installation.AddressOf(Installation.Catalog);
        var http = Create(useProxy: !address.IsLoopback);
        http.BaseAddress = address;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", installation.Key);
        return http;
    }

    public Uri AddressOf(string service) => installation.AddressOf(service);

    /// <summary>An answer with a status of success, its headers read.</summary>
    public async Task<HttpResponseMessage> SendAsync(string service, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = installation.AddressOf(service);
        request.RequestUri = new Uri(address, request.RequestUri!);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", installation.Key);
        HttpResponseMessage response;
        try
        {
            response = await (address.IsLoopback ? local : remote).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CliException(
                ExitCodes.NotReachable,
                $"The {service} at {address.GetLeftPart(UriPartial.Authority)} does not answer. Is LakeAspire running? Start it with 'dotnet run --project AppHost'.", exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ErrorOfAsync(service, response, cancellationToken);
        }
    }

    public async Task<T> SendAsync<T>(string service, HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(service, request, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken) ?? throw new JsonException("empty");
        }
        catch (JsonException exception)
        {
            throw new CliException(ExitCodes.Failed, $"The {service} gave an answer that this version of lake does not understand.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw BrokenOff(service, exception);
        }
    }

    public async Task<T> GetAsync<T>(string service, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await SendAsync(service, request, type, cancellationToken);
    }

    public static CliException BrokenOff(string service, Exception exception) =>
        new(ExitCodes.Failed, $"The {service} broke its answer off in the middle; its log in the Aspire dashboard says why.", exception);

    static async Task<CliException> ErrorOfAsync(string service, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Problem? problem = null;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            problem = await JsonSerializer.DeserializeAsync(body, CliJson.Default.Problem, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            // The status says enough.
        }

        if (response.StatusCode == HttpStatusCode.Forbidden && problem?.Title is { } refused)
        {
            return new CliException(ExitCodes.NotAuthorised, refused);
        }

        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return new CliException(ExitCodes.NotAuthorised, $"The {service} does not accept the key: is it the key of this installation (secrets/user.key in its data folder)?");
        }

        var message = problem?.Detail ?? problem?.Title ?? $"The {service} answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        var code = response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout ? ExitCodes.NotReachable : ExitCodes.Failed;
        return new CliException(code, problem?.ErrorId is { } id ? $"{message} (error id {id}; the log of the {service} has the rest)" : message);
    }

    public void Dispose()
    {
        local.Dispose();
        remote.Dispose();
    }
}
