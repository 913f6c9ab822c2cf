using System.Text.Json;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Resolution;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Discovery;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary>
/// Has Query.Api, which will apply it, bind a policy to the columns before it is stored: names, types and functions are then what DuckDB says. Where there is no Query.Api nothing applies policies, and
/// tables with one are not handed out at all; they are stored unchecked and say so.
/// </summary>
internal sealed class PolicyCheck(IHttpClientFactory clients, IConfiguration configuration)
{
    const string Service = "query-api";
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PolicyCheck>();
        builder.Services.AddServiceClient(Service);
    }

    /// <summary>Whether it was checked.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400: it does not fit, and why. 503: Query.Api does not answer.</exception>
    public async Task<bool> IsCheckedAsync(PointerRow table, BoundPolicy policy, CancellationToken cancellationToken)
    {
        if (configuration[$"services:{Service}:http:0"] is null)
        {
            return false;
        }

        var request = new PolicyCheckRequest(TableLookup.NameOf(table).ToString(), RuleBody.Of(policy), table.MetadataLocation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var client = clients.CreateClient(Service);
            using var content = JsonContent.Create(request, options: ApiBodies.Json);
            using var response = await client.PostAsync(new Uri("policies/check", UriKind.Relative), content, limit.Token);
            if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<PolicyCheckAnswer>(ApiBodies.Json, limit.Token) is { } answer)
            {
                return answer.Problem is null ? true : throw CatalogErrors.BadRequest(answer.Problem);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Said below.
        }

        throw CatalogErrors.Unavailable("Query.Api, which checks policies before they are stored, does not answer: nothing was changed. Try again when it runs.");
    }

    sealed record PolicyCheckRequest(string Table, RuleBody Rule, string MetadataLocation);

    sealed record PolicyCheckAnswer(string? Problem);
}
