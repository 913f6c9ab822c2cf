using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Access;

/// <summary>Somebody whom the catalog knows, signed in, with a token for a few minutes.</summary>
internal sealed record Person(Guid Session, string Name, string? DisplayName, bool Administrator, DateTimeOffset ExpiresAt, string Token, DateTimeOffset TokenExpiresAt);

/// <summary>Signing in was refused; the message is for the person.</summary>
internal sealed class SignInRefusedException(string message) : Exception(message);

/// <summary>
/// People who sign in as users. Their sessions are the catalog's; here are only the tokens that it gives for them, which never leave this process but to the services. The session ends when the
/// catalog says so, and a token that it took back is refused by it.
/// </summary>
internal sealed class People(IHttpClientFactory clients, TimeProvider time)
{
    /// <summary>The client that speaks for the portal itself.</summary>
    public const string Client = "catalog-sign-in";

    const int MaxKept = 10_000;

    /// <summary>How long before its end a token is taken to be over, so that none ends on its way.</summary>
    static readonly TimeSpan Ahead = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<Guid, Person> signedIn = new();

    public Task<Person> ByPasswordAsync(string user, string password, string address, CancellationToken cancellationToken) =>
        SignInAsync("api/access/sign-in", new PasswordSignIn(user, password, address), AccessJson.Default.PasswordSignIn, cancellationToken);

    public Task<Person> ByProviderAsync(ProviderSignIn account, CancellationToken cancellationToken) =>
        SignInAsync("api/access/sign-in/provider", account, AccessJson.Default.ProviderSignIn, cancellationToken);

    /// <summary>The token of a session; null when the session is over.</summary>
    public async Task<string?> TokenAsync(Guid session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (signedIn.TryGetValue(session, out var known) && now < known.TokenExpiresAt - Ahead)
        {
            return known.Token;
        }

        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/access/sessions/{session}/token"), cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            signedIn.TryRemove(session, out _);
            return null;
        }

        return Keep(await ReadAsync(response, cancellationToken)).Token;
    }

    public async Task EndAsync(Guid session, CancellationToken cancellationToken)
    {
        signedIn.TryRemove(session, out _);
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/access/sessions/{session}"), cancellationToken);
    }

    /// <summary>Forgets a token that the services refuse.</summary>
    public void Forget(Guid session) => signedIn.TryRemove(session, out _);

    async Task<Person> SignInAsync<T>(string path, T body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) }, cancellationToken);
        if ((int)response.StatusCode is >= 400 and < 500)
        {
            var problem = await response.Content.ReadFromJsonAsync(LakeJson.Default.Problem, cancellationToken);
            throw new SignInRefusedException(problem?.Title ?? "Signing in was refused.");
        }

        return Keep(await ReadAsync(response, cancellationToken));
    }

    Person Keep(Person person)
    {
        if (signedIn.Count > MaxKept)
        {
            signedIn.Clear();
        }

        return signedIn[person.Session] = person;
    }

    static async Task<Person> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync(AccessJson.Default.Person, cancellationToken) is { } person
            ? person : throw new SignInRefusedException("The catalog cannot sign anybody in at the moment; try again.");

    async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await clients.CreateClient(Client).SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException)
        {
            throw new SignInRefusedException("The catalog does not answer; try again.");
        }
    }
}

internal sealed record PasswordSignIn(string User, string Password, string Address);

internal sealed record ProviderSignIn(string Issuer, string Subject, string? Name, string? DisplayName, string Address);
