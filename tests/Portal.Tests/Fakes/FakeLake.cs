using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LakeAspire.Fakes;

/// <summary>
/// The services of an installation behind one address: their HTTP contract over a lake in memory, with the figures of the watch log sample. Not a lakehouse: its SQL knows a few statements.
/// </summary>
public sealed class FakeLake : IAsyncDisposable
{
    public const string UserKey = "user-key-of-the-fake-lake-0123456789abcdef";
    public const string ServiceKey = "service-key-of-the-fake-lake-0123456789abcdef";

    readonly WebApplication app;

    FakeLake(WebApplication app, FakeState state) => (this.app, State) = (app, state);

    public FakeState State { get; }

    public FakeAccess Access { get; } = new();

    public Uri Address => new(app.Urls.Single());

    /// <summary>Requests as "METHOD path", with the key that they came with.</summary>
    public ConcurrentQueue<(string Request, string Authorization)> Requests { get; } = new();

    /// <param name="empty">A lake that nothing was ever sent to.</param>
    public static async Task<FakeLake> StartAsync(bool empty = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var lake = new FakeLake(app, new FakeState(empty));
        app.Use(lake.AuthorizeAsync);
        FakeCatalog.Map(app, lake.State);
        FakeQuery.Map(app, lake.State);
        FakeIngest.Map(app, lake.State);
        lake.Access.Map(app, lake.State);
        FakePortal.Map(app, () => lake.Address);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return lake;
    }

    async Task AuthorizeAsync(HttpContext context, RequestDelegate next)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        Requests.Enqueue(($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", authorization));
        if (authorization is not ("Bearer " + UserKey) and not ("Bearer " + ServiceKey) && !(authorization.StartsWith("Bearer ", StringComparison.Ordinal) && Access.Tokens.ContainsKey(authorization["Bearer ".Length..])))
        {
            await Answers.Problem(401, "A key is needed: send 'Authorization: Bearer <key>'.", "NotAuthorizedException").ExecuteAsync(context);
            return;
        }

        if (State.Outage is { } status)
        {
            await Answers.Problem(status, "The fake is out of order.", "InternalServerError").ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    public async ValueTask DisposeAsync()
    {
        // Cancelled from the start: a request that nobody awaits any more is broken off.
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }
}

internal static class Answers
{
    public static IResult Problem(int status, string title, string type) =>
        Results.Json(new { title, status, type, errorId = status >= 500 ? "0123456789ab" : null }, contentType: "application/problem+json", statusCode: status);
}
