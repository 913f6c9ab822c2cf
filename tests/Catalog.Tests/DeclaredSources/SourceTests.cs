using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.DeclaredSources;

/// <summary>Sources: declared by people, reported on by workers.</summary>
public sealed class SourceTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string Kafka = """{"kind":"kafka","document":{"topic":"clicks","table":"bronze.clicks"}}""";

    [Fact]
    public async Task A_source_is_declared_reported_on_paused_and_removed()
    {
        var server = await catalog.EmptyAsync();
        var put = (await server.User.SendAsync(HttpMethod.Put, "api/sources/clicks", HttpStatusCode.OK, Kafka))!;
        Assert.Equal("clicks", put["document"]!["topic"]!.GetValue<string>());
        Assert.Null(put["state"]);

        await server.User.SendAsync(HttpMethod.Patch, "api/sources/clicks", HttpStatusCode.Forbidden, """{"worker":"w1","state":"running"}""");
        await server.Service.SendAsync(HttpMethod.Patch, "api/sources/clicks", HttpStatusCode.OK, """{"worker":"w1","state":"failed","error":"no broker","position":"0:10","lag":5}""");
        var running = (await server.Service.SendAsync(HttpMethod.Patch, "api/sources/clicks", HttpStatusCode.OK, """{"worker":"w1","state":"running"}"""))!;
        Assert.Equal(("running", "0:10", 5L, "w1"), (running["state"]!.GetValue<string>(), running["position"]!.GetValue<string>(), running["lag"]!.GetValue<long>(), running["worker"]!.GetValue<string>()));
        Assert.Null(running["error"]);

        Assert.True((await server.User.SendAsync(HttpMethod.Post, "api/sources/clicks/pause", HttpStatusCode.OK))!["paused"]!.GetValue<bool>());
        var again = (await server.User.SendAsync(HttpMethod.Put, "api/sources/clicks", HttpStatusCode.OK, Kafka))!;
        Assert.Equal((true, "running", put["updatedAt"]!.GetValue<string>()), (again["paused"]!.GetValue<bool>(), again["state"]!.GetValue<string>(), again["updatedAt"]!.GetValue<string>()));
        var changed = (await server.User.SendAsync(HttpMethod.Put, "api/sources/clicks", HttpStatusCode.OK, """{"kind":"kafka","document":{"topic":"other"}}"""))!;
        Assert.NotEqual(put["updatedAt"]!.GetValue<string>(), changed["updatedAt"]!.GetValue<string>());
        Assert.False((await server.User.SendAsync(HttpMethod.Post, "api/sources/clicks/resume", HttpStatusCode.OK))!["paused"]!.GetValue<bool>());

        await server.User.SendAsync(HttpMethod.Put, "api/sources/files", HttpStatusCode.OK, """{"kind":"files","document":{}}""");
        Assert.Equal(["clicks", "files"], (await server.User.GetJsonAsync("api/sources"))["sources"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()));
        Assert.Single((await server.User.GetJsonAsync("api/sources?kind=files"))["sources"]!.AsArray());
        await server.User.SendAsync(HttpMethod.Delete, "api/sources/clicks", HttpStatusCode.NoContent);
        await server.User.SendAsync(HttpMethod.Get, "api/sources/clicks", HttpStatusCode.NotFound);
        await server.User.SendAsync(HttpMethod.Delete, "api/sources/clicks", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("PUT", "api/sources/x", """{"document":{}}""")]
    [InlineData("PUT", "api/sources/x", """{"kind":"files"}""")]
    [InlineData("PUT", "api/sources/x%1f", """{"kind":"files","document":{}}""")]
    [InlineData("PATCH", "api/sources/x", """{"worker":"w","state":"dancing"}""")]
    [InlineData("PATCH", "api/sources/x", """{"worker":"w","lag":-1}""")]
    [InlineData("PATCH", "api/sources/x", """{"state":"running"}""")]
    public async Task What_makes_no_source_is_refused(string method, string path, string body)
    {
        var server = await catalog.EmptyAsync();
        await server.Service.SendAsync(new HttpMethod(method), path, HttpStatusCode.BadRequest, body);
        await server.Service.SendAsync(HttpMethod.Patch, "api/sources/none", HttpStatusCode.NotFound, """{"worker":"w"}""");
    }
}
