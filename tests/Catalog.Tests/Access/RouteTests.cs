using System.Net;
using System.Text;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Every route there is, asked by somebody without rights: nothing of the lake leaks.</summary>
public sealed class RouteTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string Secret = "zzsecretzz";

    /// <summary>What everybody may call, and what it tells is about the caller alone.</summary>
    static readonly string[] Open = ["/iceberg/v1/config", "/iceberg/v1/oauth/tokens", "/.well-known/jwks.json", "/health", "/alive"];

    [Fact]
    public async Task Nothing_leaks_by_any_route_to_a_caller_without_rights()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync(Secret, Secret);
        var branch = Secret + Guid.NewGuid().ToString("N");
        await server.User.PostJsonAsync("api/branches", new { name = branch }, HttpStatusCode.Created);
        var (_, key, _) = await server.CreateServiceAsync();
        using var client = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        using var nobody = new HttpClient { BaseAddress = server.Address };

        var routes = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().ToList();
        Assert.True(routes.Count > 60);
        var faults = new List<string>();
        foreach (var route in routes)
        {
            foreach (var method in route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var pattern = "/" + route.RoutePattern.RawText!.TrimStart('/');
                var path = Fill(pattern, branch);
                if (!Open.Contains(pattern, StringComparer.Ordinal) && route.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                {
                    faults.Add($"{method} {pattern} is open to all");
                }

                foreach (var (caller, who) in ((HttpClient, string)[])[(client, "without rights"), (nobody, "unknown")])
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), path.TrimStart('/'));
                    if (method is not ("GET" or "HEAD" or "DELETE"))
                    {
                        request.Content = new StringContent(Body(pattern), Encoding.UTF8, "application/json");
                    }

                    using var response = await caller.SendAsync(request, TestContext.Current.CancellationToken);
                    var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    var status = (int)response.StatusCode;
                    var said = text.Replace(Secret + "." + Secret, "", StringComparison.Ordinal).Replace("Namespace does not exist: " + Secret, "", StringComparison.Ordinal)
                        .Replace("does not exist: " + branch, "", StringComparison.Ordinal);
                    if (who == "unknown" && !Open.Contains(pattern, StringComparer.Ordinal) && status != 401)
                    {
                        faults.Add($"{method} {path} answers {status} to an unknown caller: {text}");
                    }
                    else if (status is >= 500 and not StatusCodes.Status501NotImplemented || (status < 300 && said.Contains(Secret, StringComparison.Ordinal)) || (status == 204 && method != "OPTIONS") || (status == 200 && method == "HEAD"))
                    {
                        faults.Add($"{method} {path} answers {status} to a caller {who}: {text}");
                    }
                    else if (who != "unknown" && status is 200 or 201 && method is not "GET")
                    {
                        faults.Add($"{method} {path} does something for a caller {who}: {text}");
                    }
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
        await server.User.GetJsonAsync($"iceberg/v1/namespaces/{Secret}/tables/{Secret}");
        await server.User.GetJsonAsync($"api/branches/{branch}");
    }

    [Fact]
    public async Task What_is_hidden_is_answered_as_what_is_not_there()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync(Secret, Secret);
        var (_, _, client) = await server.CreateServiceAsync();
        foreach (var (hidden, absent) in ((string, string)[])
        [
            ($"iceberg/v1/namespaces/{Secret}", "iceberg/v1/namespaces/nothing"),
            ($"iceberg/v1/namespaces/{Secret}/tables", "iceberg/v1/namespaces/nothing/tables"),
            ($"iceberg/v1/namespaces/{Secret}/tables/{Secret}", $"iceberg/v1/namespaces/{Secret}/tables/nothing"),
            ($"iceberg/v1/namespaces/{Secret}/views/{Secret}", $"iceberg/v1/namespaces/{Secret}/views/nothing"),
            ($"api/tables/{Secret}/{Secret}", $"api/tables/{Secret}/nothing"),
        ])
        {
            Assert.Equal(await AnswerAsync(client, absent), (await AnswerAsync(client, hidden)).Replace($"{Secret}.{Secret}", $"{Secret}.nothing", StringComparison.Ordinal).Replace($"exist: {Secret}\"", "exist: nothing\"", StringComparison.Ordinal));
        }
    }

    static async Task<string> AnswerAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    static string Fill(string pattern, string branch) => System.Text.RegularExpressions.Regex.Replace(
        pattern, @"\{(?<name>[^}:?]+)[^}]*\}", m => m.Groups["name"].Value switch
        {
            "prefix" => "main",
            "ns" or "table" => Secret,
            "name" when pattern.StartsWith("/api/branches", StringComparison.Ordinal) => branch,
            "name" => Secret,
            "id" when m.Value.Contains("long", StringComparison.Ordinal) => "1",
            "id" or "tableId" => Guid.Empty.ToString(),
            _ => "x",
        }, System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <summary>A body that would do something if it were let in.</summary>
    static string Body(string pattern) => pattern switch
    {
        _ when pattern.EndsWith("/rename", StringComparison.Ordinal) => $$$"""{"source":{"namespace":["{{{Secret}}}"],"name":"{{{Secret}}}"},"destination":{"namespace":["{{{Secret}}}"],"name":"x"}}""",
        _ when pattern.EndsWith("/transactions/commit", StringComparison.Ordinal) => Transaction(Secret, [Secret], "k", "v"),
        _ when pattern.EndsWith("/tables", StringComparison.Ordinal) => $$"""{"name":"x","schema":{{Schema}}}""",
        _ when pattern.EndsWith("/namespaces", StringComparison.Ordinal) => """{"namespace":["x"]}""",
        _ when pattern.EndsWith("/branches", StringComparison.Ordinal) => """{"name":"x"}""",
        _ when pattern.EndsWith("/grants", StringComparison.Ordinal) => """{"principal":"administrators","privilege":"select"}""",
        _ when pattern.EndsWith("/properties", StringComparison.Ordinal) => """{"updates":{"k":"v"}}""",
        _ when pattern.EndsWith("/api-keys", StringComparison.Ordinal) => """{"principal":"administrators","name":"x"}""",
        _ => """{"requirements":[],"updates":[]}""",
    };
}
