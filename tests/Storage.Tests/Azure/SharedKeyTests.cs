using Azure.Core;
using Lakehouse.Storage.Azure;

namespace Lakehouse.Storage.Tests.Azure;

public sealed class SharedKeyTests
{
    /// <summary>The form of the text is the example's in "Authorize with Shared Key" of Azure Storage's REST reference.</summary>
    [Fact]
    public void The_text_that_is_signed_has_the_standard_headers_ours_and_the_resource_in_order()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "https://account.blob.core.windows.net/container/a%20b?timeout=20&comp=block&blockid=YQ%3D%3D") { Content = new ByteArrayContent(new byte[11]) };
        request.Headers.TryAddWithoutValidation("x-ms-version", "2021-12-02");
        request.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");

        Assert.Equal(
            "PUT\n\n\n11\n\n\n\n\n\n*\n\n\nx-ms-blob-type:BlockBlob\nx-ms-version:2021-12-02\n/account/container/a%20b\nblockid:YQ==\ncomp:block\ntimeout:20",
            new SharedKeyAuthorization("account", "AAAA", TimeProvider.System).TextToSign(request));
    }

    [Fact]
    public async Task Tokens_are_sent_as_bearers_and_asked_for_again_before_they_expire()
    {
        var credential = new Credential();
        var authorization = new TokenAuthorization(credential, TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "https://account.blob.core.windows.net/c/x");
            await authorization.AuthorizeAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal($"Bearer token-{Math.Min(i + 1, 2)}", request.Headers.Authorization!.ToString());
            Assert.True(request.Headers.Contains("x-ms-date"));
        }
    }

    /// <summary>The first token expires at once.</summary>
    sealed class Credential : TokenCredential
    {
        int count;

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://storage.azure.com/.default"], requestContext.Scopes);
            return new($"token-{++count}", TimeProvider.System.GetUtcNow().AddMinutes(count == 1 ? 1 : 60));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
