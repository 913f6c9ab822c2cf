using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Principals of a test's own in a catalog that others use too.</summary>
internal static class AccessClient
{
    public static string Name(string what) => $"{what}-{Guid.NewGuid():N}";

    /// <summary>Makes a principal; its name.</summary>
    public static async Task<string> CreatePrincipalAsync(this CatalogServer server, string kind, string? password = null)
    {
        var name = Name(kind);
        await server.User.PostJsonAsync("api/principals", new { kind, name, password }, HttpStatusCode.Created);
        return name;
    }

    /// <summary>Makes a service with a key.</summary>
    public static async Task<(string Name, string Key, HttpClient Client)> CreateServiceAsync(this CatalogServer server)
    {
        var name = await server.CreatePrincipalAsync("service");
        var key = (await server.User.PostJsonAsync("api/api-keys", new { principal = name, name = "test" }, HttpStatusCode.Created))["key"]!.GetValue<string>();
        return (name, key, server.Client(key));
    }

    /// <summary>Grants something; the grant's id.</summary>
    public static async Task<long> GrantAsync(this CatalogServer server, string principal, string privilege, string? ns = null, string? table = null, string? branch = null) =>
        (await server.User.PostJsonAsync("api/grants", new { principal, privilege, @namespace = ns, table, branch }, HttpStatusCode.Created))["id"]!.GetValue<long>();

    /// <summary>Asks for a token as OAuth2 clients do.</summary>
    public static async Task<(HttpStatusCode Status, JsonNode Body)> TokenAsync(this HttpClient client, params (string Name, string Value)[] form)
    {
        using var response = await client.PostAsync("iceberg/v1/oauth/tokens", new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }

    public static HttpClient As(this CatalogServer server, string credential)
    {
        var client = server.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        return client;
    }
}
