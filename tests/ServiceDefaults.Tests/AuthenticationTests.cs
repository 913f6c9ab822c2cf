using System.Net;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LakeAspire.ServiceDefaults.Tests;

public class AuthenticationTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("user-key-of-a-test-0123456789abcdef0")]
    [InlineData("user-key-of-a-test-0123456789abcdef000")]
    public async Task A_caller_without_a_key_is_refused(string? key)
    {
        await using var service = await Start();
        using var client = service.Client(string.IsNullOrEmpty(key) ? null : key);
        using var response = await client.GetAsync("/anyone");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.DoesNotContain(TinyService.UserKey, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TinyService.UserKey, "/anyone", HttpStatusCode.OK)]
    [InlineData(TinyService.ServiceKey, "/anyone", HttpStatusCode.OK)]
    [InlineData(TinyService.UserKey, "/services", HttpStatusCode.Forbidden)]
    [InlineData(TinyService.ServiceKey, "/services", HttpStatusCode.OK)]
    public async Task Keys_open_what_their_role_may(string key, string path, HttpStatusCode expected)
    {
        await using var service = await Start();
        using var client = service.Client(key);
        using var response = await client.GetAsync(path);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Health_is_open_to_all(string path)
    {
        await using var service = await Start();
        using var client = service.Client(key: null);
        Assert.Equal("Healthy", await client.GetStringAsync(path));
    }

    [Fact]
    public async Task An_unknown_route_tells_a_stranger_nothing()
    {
        await using var service = await Start();
        using var client = service.Client(key: null);
        using var response = await client.GetAsync("/iceberg/v1/nothing");
        Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.Unauthorized]);
    }

    [Fact]
    public async Task A_service_without_keys_does_not_start()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TinyService.StartAsync(
            _ => { }, builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Lake:Auth:UserKey"] = "short" })));
        Assert.Contains("UserKey", failure.Message, StringComparison.Ordinal);
    }

    static Task<TinyService> Start() => TinyService.StartAsync(app =>
    {
        app.MapGet("/anyone", () => "yes");
        app.MapGet("/services", () => "yes").RequireAuthorization(LakeRoles.Service);
    });
}
