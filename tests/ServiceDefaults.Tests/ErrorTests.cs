using System.Net;
using System.Text.Json;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.ServiceDefaults.Tests;

public class ErrorTests
{
    [Fact]
    public async Task An_expected_error_is_told_in_problem_details()
    {
        var (status, body) = await Get("/api/thing", () => throw new ApiException(404, "There is no thing 'x'.", "NoSuchThingException"));
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("There is no thing 'x'.", body.GetProperty("title").GetString());
        Assert.Equal("NoSuchThingException", body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Iceberg_routes_get_Icebergs_error_body()
    {
        var extension = new Dictionary<string, object?>(StringComparer.Ordinal) { ["conflict"] = "items" };
        var (status, body) = await Get("/iceberg/v1/thing", () => throw new ApiException(409, "Taken.", "CommitFailedException", extension));
        Assert.Equal(HttpStatusCode.Conflict, status);
        var error = body.GetProperty("error");
        Assert.Equal(("Taken.", "CommitFailedException", 409), (error.GetProperty("message").GetString(), error.GetProperty("type").GetString(), error.GetProperty("code").GetInt32()));
        Assert.Equal("items", body.GetProperty("conflict").GetString());
    }

    [Fact]
    public async Task An_unexpected_error_shows_an_id_and_nothing_else()
    {
        var (status, body) = await Get("/api/thing", () => throw new InvalidOperationException("password=hunter2"));
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Matches("^[0-9a-f]{12}$", body.GetProperty("errorId").GetString());
        Assert.DoesNotContain("hunter2", body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_maps_its_own_exceptions()
    {
        var (status, body) = await Get("/api/thing", () => throw new FormatException("bad"), new FormatMapper());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("mapped: bad", body.GetProperty("title").GetString());
    }

    static async Task<(HttpStatusCode Status, JsonElement Body)> Get(string path, Func<string> handler, IExceptionMapper? mapper = null)
    {
        await using var service = await TinyService.StartAsync(
            app => app.MapGet(path, handler),
            builder =>
            {
                if (mapper is not null)
                {
                    builder.Services.AddSingleton(mapper);
                }
            });
        using var client = service.Client();
        using var response = await client.GetAsync(path);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    sealed class FormatMapper : IExceptionMapper
    {
        public ApiException? Map(Exception exception) => exception is FormatException ? new ApiException(422, "mapped: " + exception.Message) : null;
    }
}
