using System.Net.Http.Json;
using System.Text.Json;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;

namespace LakeAspire.Query.Resolution;

/// <summary>Asks the catalog what the tables of a statement are, and what a principal may see of them.</summary>
/// <param name="http">Client with the catalog's address and this service's key.</param>
internal sealed class CatalogResolution(HttpClient http)
{
    static readonly Uri Route = new("api/resolve", UriKind.Relative);

    /// <exception cref="ApiException">There is no such branch or commit, or the principal is not known.</exception>
    /// <exception cref="LakehouseException">Unavailable: the catalog does not answer.</exception>
    public async Task<ResolveResponse> ResolveAsync(ResolveRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var content = JsonContent.Create(request, ResolutionJson.Default.ResolveRequest);
            using var message = new HttpRequestMessage(HttpMethod.Post, Route) { Content = content };
            using var response = await http.SendAsync(message, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw await ErrorAsync(response, cancellationToken);
            }

            return await response.Content.ReadFromJsonAsync(ResolutionJson.Default.ResolveResponse, cancellationToken) ?? throw LakehouseException.InvalidData("the catalog answered nothing");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new LakehouseException(LakehouseErrorKind.Unavailable, $"the catalog cannot be reached: {exception.Message}", exception);
        }
    }

    /// <summary>What the caller did wrong is said to the caller; anything else is a fault of the services.</summary>
    static async Task<Exception> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (status, text) = ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        try
        {
            using var body = JsonDocument.Parse(text);
            if (status is 400 or 403 or 404 && body.RootElement.TryGetProperty("title", out var title) && body.RootElement.TryGetProperty("type", out var type))
            {
                return new ApiException(status, title.GetString() ?? "", type.GetString() ?? "");
            }
        }
        catch (JsonException)
        {
            // Not ours to read; what follows says enough.
        }

        return new LakehouseException(status >= 500 ? LakehouseErrorKind.Unavailable : LakehouseErrorKind.InvalidData, $"the catalog answered {status} when asked for tables");
    }
}
