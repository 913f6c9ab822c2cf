using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LakeAspire.Portal.Access;

namespace LakeAspire.Portal.Lake;

/// <summary>Calls the services in the name of a signed-in user, and turns what goes wrong into words.</summary>
internal sealed class ServiceCalls(IHttpClientFactory clients, Sessions sessions)
{
    public const string Catalog = "catalog-api";
    public const string Query = "query-api";

    /// <summary>The answer, its headers read, with a status of success.</summary>
    public async Task<HttpResponseMessage> SendAsync(ClaimsPrincipal user, string service, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await sessions.CredentialOfAsync(user, cancellationToken));
        HttpResponseMessage response;
        try
        {
            response = await clients.CreateClient(service).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw NotReachable(service, exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            if (response.StatusCode == HttpStatusCode.Unauthorized && user.Identity?.AuthenticationType == Sessions.Scheme)
            {
                // Signed out elsewhere, disabled, or with a token that ended on its way: whoever may stay gets another one.
                sessions.Refused(user);
                await sessions.CredentialOfAsync(user, cancellationToken);
            }

            throw await ErrorOfAsync(service, response, cancellationToken);
        }
    }

    public async Task<T> ReadAsync<T>(ClaimsPrincipal user, string service, HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(user, service, request, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken)
                ?? throw new LakeException(LakeErrorKind.Failed, $"The {service} gave an empty answer.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw NotReachable(service, exception);
        }
        catch (JsonException exception)
        {
            throw new LakeException(LakeErrorKind.Failed, $"The {service} gave an answer that the portal does not understand; are both of the same version?", null, exception);
        }
    }

    static LakeException NotReachable(string service, Exception exception) =>
        new(LakeErrorKind.NotReachable, $"The {service} does not answer. It may be starting: this page tries again by itself.", null, exception);

    static async Task<LakeException> ErrorOfAsync(string service, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = await ReadProblemAsync(response, cancellationToken);
        var message = problem?.Detail ?? problem?.Title ?? $"The {service} answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        if (problem?.ErrorId is { } id)
        {
            message += $" (error id {id})";
        }

        var kind = response.StatusCode switch
        {
            HttpStatusCode.NotFound => LakeErrorKind.NotFound,
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout when problem is null => LakeErrorKind.NotReachable,
            >= HttpStatusCode.InternalServerError => LakeErrorKind.Failed,
            _ => LakeErrorKind.Refused,
        };
        return new LakeException(kind, message, problem?.Type);
    }

    static async Task<Problem?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, LakeJson.Default.Problem, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            // The status says enough.
            return null;
        }
    }
}
