using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Tokens and API keys: given, refreshed, refused, taken back.</summary>
public sealed class TokenTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    [Fact]
    public async Task A_key_gives_a_token_that_the_catalog_knows()
    {
        var server = await catalog.EmptyAsync();
        var (name, key, _) = await server.CreateServiceAsync();
        var (status, body) = await server.Client().TokenAsync(("grant_type", "client_credentials"), ("client_id", name), ("client_secret", key), ("scope", "PRINCIPAL_ROLE:ALL"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("bearer", AccessToken), (body["token_type"]!.GetValue<string>(), body["issued_token_type"]!.GetValue<string>()));
        Assert.InRange(body["expires_in"]!.GetValue<long>(), 1, 900);
        var client = server.As(body["access_token"]!.GetValue<string>());
        Assert.Equal(name, (await client.GetJsonAsync("api/access/me"))["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_basic_header_does_as_well_and_a_key_does_without_a_token()
    {
        var server = await catalog.EmptyAsync();
        var (name, key, client) = await server.CreateServiceAsync();
        // The description of the API knows no such request, RFC 6749 does: a client that nothing is checked by.
        using var basic = new HttpClient { BaseAddress = server.Address };
        basic.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{key}")));
        Assert.Equal(HttpStatusCode.OK, (await basic.TokenAsync(("grant_type", "client_credentials"))).Status);
        Assert.Equal(name, (await client.GetJsonAsync("api/access/me"))["name"]!.GetValue<string>());
        await Until.TrueAsync(
            async () => (await server.User.GetJsonAsync($"api/api-keys?principal={name}"))["keys"]![0]!["lastUsedAt"] is not null, "the last use is noted");
    }

    [Fact]
    public async Task A_token_is_exchanged_for_a_fresh_one()
    {
        var server = await catalog.EmptyAsync();
        var token = await TokenAsync(server);
        var (status, body) = await server.As(token).TokenAsync(("grant_type", Exchange), ("subject_token", token), ("subject_token_type", AccessToken));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(token, body["access_token"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await server.As(body["access_token"]!.GetValue<string>()).StatusAsync("api/access/me"));
    }

    public static TheoryData<string, string?, string?, int> Refusals => new()
    {
        { "client_credentials", "right", "wrong", 401 },
        { "client_credentials", "wrong", "right", 401 },
        { "client_credentials", "right", null, 400 },
        { "password", "right", "right", 400 },
        { "", "right", "right", 400 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_no_credential_is_refused_as_specified(string grant, string? client, string? secret, int status)
    {
        var server = await catalog.EmptyAsync();
        var (name, key, _) = await server.CreateServiceAsync();
        var (other, _, _) = await server.CreateServiceAsync();
        var form = new List<(string, string)> { ("grant_type", grant), ("client_id", client == "right" ? name : other) };
        if (secret is not null)
        {
            form.Add(("client_secret", secret == "right" ? key : key[..^4] + "AAAA"));
        }

        var (found, body) = await server.Client().TokenAsync([.. form]);
        Assert.Equal(status, (int)found);
        Assert.Contains(body["error"]!.GetValue<string>(), (string[])["invalid_client", "invalid_request", "unsupported_grant_type"]);
        Assert.Null(body["access_token"]);
    }

    [Fact]
    public async Task An_unknown_scope_is_refused_and_a_huge_body_too()
    {
        var server = await catalog.EmptyAsync();
        var (name, key, _) = await server.CreateServiceAsync();
        var (status, body) = await server.Client().TokenAsync(("grant_type", "client_credentials"), ("client_id", name), ("client_secret", key), ("scope", "admin"));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (status, body["error"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Client().TokenAsync(("grant_type", new string('x', 100_000)))).Status);
    }

    [Fact]
    public async Task A_forged_token_is_refused()
    {
        var server = await catalog.EmptyAsync();
        var token = await TokenAsync(server);
        var parts = token.Split('.');
        var header = JsonNode.Parse(Decode(parts[0]))!.AsObject();
        header["alg"] = "none";
        var payload = JsonNode.Parse(Decode(parts[1]))!.AsObject();
        payload["exp"] = TimeProvider.System.GetUtcNow().AddYears(1).ToUnixTimeSeconds();
        string[] forged =
        [
            $"{Encode(header.ToJsonString())}.{parts[1]}.", $"{Encode(header.ToJsonString())}.{parts[1]}.{parts[2]}", $"{parts[0]}.{Encode(payload.ToJsonString())}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}", "a.b.c", "..", token + "x",
        ];
        foreach (var text in forged)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await server.As(text).StatusAsync("api/access/me"));
        }
    }

    [Fact]
    public async Task A_revoked_key_and_its_tokens_are_worth_nothing_at_once_and_elsewhere_within_a_second()
    {
        var server = await catalog.EmptyAsync();
        await using var second = await CatalogServer.StartAsync(server.ConnectionString, server.Warehouse);
        var (name, key, client) = await server.CreateServiceAsync();
        var token = (await server.Client().TokenAsync(("grant_type", "client_credentials"), ("client_id", name), ("client_secret", key))).Body["access_token"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.OK, await second.As(token).StatusAsync("api/access/me"));
        var id = (await server.User.GetJsonAsync($"api/api-keys?principal={name}"))["keys"]![0]!["id"]!.GetValue<string>();
        await server.User.SendAsync(HttpMethod.Delete, $"api/api-keys/{id}", HttpStatusCode.NoContent);
        var since = TimeProvider.System.GetTimestamp();
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("api/access/me"));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.As(token).StatusAsync("api/access/me"));
        await Until.TrueAsync(async () => await second.As(token).StatusAsync("api/access/me") == HttpStatusCode.Unauthorized, "the other instance knows");
        Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(3), "the other instance knows within about a second");
    }

    [Fact]
    public async Task A_rotated_key_is_valid_beside_the_new_one_for_as_long_as_asked()
    {
        var server = await catalog.EmptyAsync();
        var (_, _, client) = await server.CreateServiceAsync();
        var id = (await client.GetJsonAsync("api/api-keys"))["keys"]![0]!["id"]!.GetValue<string>();
        var next = await client.PostJsonAsync($"api/api-keys/{id}/rotate", new { overlapSeconds = 60 }, HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("api/access/me"));
        Assert.Equal(HttpStatusCode.OK, await server.As(next["key"]!.GetValue<string>()).StatusAsync("api/access/me"));
        var last = await client.PostJsonAsync($"api/api-keys/{id}/rotate", new { overlapSeconds = 0 }, HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("api/access/me"));
        Assert.Equal(HttpStatusCode.OK, await server.As(last["key"]!.GetValue<string>()).StatusAsync("api/access/me"));
        Assert.DoesNotContain(next["key"]!.GetValue<string>(), (await server.User.GetJsonAsync("api/api-keys")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_keys_rotate_while_old_tokens_hold_and_lie_sealed_in_the_database()
    {
        var server = await catalog.EmptyAsync();
        var token = await TokenAsync(server);
        var before = (await server.Client().GetJsonAsync(".well-known/jwks.json"))["keys"]!.AsArray().Select(k => k!["kid"]!.GetValue<string>()).ToList();
        var made = (await server.User.PostJsonAsync("api/signing-keys/rotate", new { }))["id"]!.GetValue<string>();
        Assert.DoesNotContain(made, before);
        Assert.Equal(HttpStatusCode.OK, await server.As(token).StatusAsync("api/access/me"));
        var next = await TokenAsync(server);
        Assert.Equal(made, JsonNode.Parse(Decode(next.Split('.')[0]))!["kid"]!.GetValue<string>());
        var keys = (await server.Client().GetJsonAsync(".well-known/jwks.json"))["keys"]!.AsArray();
        Assert.All(keys, k => Assert.Null(k!["d"]));
        Assert.Contains(keys, k => k!["kid"]!.GetValue<string>() == made);

        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT private_key FROM signing_keys WHERE id = $1", connection) { Parameters = { new NpgsqlParameter { Value = made } } };
        var stored = (byte[])(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        using var pair = System.Security.Cryptography.ECDsa.Create();
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => pair.ImportPkcs8PrivateKey(stored, out _));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => pair.ImportPkcs8PrivateKey(stored.AsSpan(28), out _));
    }

    [Fact]
    public async Task A_token_expires()
    {
        var server = await catalog.EmptyAsync();
        await using var brief = await CatalogServer.StartAsync(server.ConnectionString, server.Warehouse, options: "--Catalog:Access:TokenLifetime=00:00:05");
        var token = await TokenAsync(brief);
        Assert.Equal(HttpStatusCode.OK, await brief.As(token).StatusAsync("api/access/me"));
        await Until.TrueAsync(async () => await brief.As(token).StatusAsync("api/access/me") == HttpStatusCode.Unauthorized, "the token expires");
    }

    [Fact]
    public async Task Only_services_may_have_a_credential_looked_up()
    {
        var server = await catalog.EmptyAsync();
        var (name, key, client) = await server.CreateServiceAsync();
        await client.SendAsync(HttpMethod.Post, "api/access/introspect", HttpStatusCode.Forbidden, $$"""{"credential":"{{key}}"}""");
        await server.User.SendAsync(HttpMethod.Post, "api/access/introspect", HttpStatusCode.Forbidden, $$"""{"credential":"{{key}}"}""");
        Assert.Equal(name, (await server.Service.PostJsonAsync("api/access/introspect", new { credential = key }))["name"]!.GetValue<string>());
        await server.Service.SendAsync(HttpMethod.Post, "api/access/introspect", HttpStatusCode.NotFound, """{"credential":"lake_no"}""");
    }

    static async Task<string> TokenAsync(CatalogServer server)
    {
        var (name, key, _) = await server.CreateServiceAsync();
        return (await server.Client().TokenAsync(("grant_type", "client_credentials"), ("client_id", name), ("client_secret", key))).Body["access_token"]!.GetValue<string>();
    }

    static string Decode(string text) => Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(text));

    static string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
