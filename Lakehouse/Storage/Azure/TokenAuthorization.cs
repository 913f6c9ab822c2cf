using System.Globalization;
using System.Net.Http.Headers;
using Azure.Core;
using Azure.Identity;
using Lakehouse.Formats;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.Azure;

/// <summary>Tokens of Microsoft Entra, kept until shortly before they expire.</summary>
internal sealed class TokenAuthorization(TokenCredential credential, TimeProvider time) : IAzureAuthorization
{
    static readonly TokenRequestContext Storage = new(["https://storage.azure.com/.default"]);
    static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);
    AccessToken? token;

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (token is not { } known || known.ExpiresOn - Margin < now)
        {
            try
            {
                token = known = await credential.GetTokenAsync(Storage, cancellationToken);
            }
            catch (AuthenticationFailedException e)
            {
                throw new RemoteFailure(LakehouseErrorKind.Denied, $"signing in to Azure failed: {e.Message}", isRetryable: false, e);
            }
        }

        request.Headers.TryAddWithoutValidation("x-ms-date", now.ToString("R", CultureInfo.InvariantCulture));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", known.Token);
    }
}
