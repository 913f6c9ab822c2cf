using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace LakeAspire.AppHost.Bundle;

/// <summary>A link to the portal that signs in whoever follows it first.</summary>
internal static class SignInLink
{
    public static async Task<string> GetAsync(string portal, string userKey, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", userKey);
        try
        {
            using var response = await client.PostAsync($"{portal}/api/signin-links", content: null, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return $"{portal}  (no sign-in link: the portal answered {(int)response.StatusCode})";
            }

            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return answer?["url"]?.GetValue<string>() is { } url ? $"{url}  (signs you in, once, within 10 minutes)" : portal;
        }
        catch (HttpRequestException error)
        {
            return $"{portal}  (no sign-in link: {error.Message})";
        }
    }
}
