using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>The catalog's /api/upkeep, with a worker that needs two looks to be done.</summary>
internal static class FakeUpkeep
{
    sealed record Wish(string? Table, bool DryRun);

    public static void Map(WebApplication app, FakeState state)
    {
        var requests = new ConcurrentDictionary<long, (Wish Wish, int Looks)>();
        app.MapGet("/api/upkeep", (string? table) => Results.Json(new { acts = Acts(state, "succeeded").Where(act => table is null || table == $"{act.Namespace}.{act.Table}") }));
        app.MapPost("/api/upkeep", (Wish wish) =>
        {
            var id = requests.Count + 1L;
            requests[id] = (wish, 0);
            return Results.Json(Request(state, id, wish, 0), statusCode: 202);
        });
        app.MapGet("/api/upkeep/{id:long}", (long id) =>
        {
            var (wish, looks) = requests.AddOrUpdate(id, _ => throw new InvalidOperationException(), (_, known) => (known.Wish, known.Looks + 1));
            return Results.Json(Request(state, id, wish, looks));
        });
    }

    static object Request(FakeState state, long id, Wish wish, int looks) => new
    {
        id,
        table = wish.Table,
        dryRun = wish.DryRun,
        state = looks switch { 0 => "queued", 1 => "running", _ => wish.Table == "gold.broken" ? "failed" : "succeeded" },
        error = looks > 1 && wish.Table == "gold.broken" ? "There is no table gold.broken." : null,
        acts = looks > 1 && wish.Table is null or "silver.watch" ? Acts(state, wish.DryRun ? "planned" : "succeeded").Take(1) : [],
    };

    static FakeAct[] Acts(FakeState state, string done) =>
    [
        new(Guid.Parse("0197a3a0-0000-7000-8000-000000000001"), "silver", "watch", "compact", done, "12 files below 32 MB", new { filesBefore = 12, filesAfter = 1, bytesBefore = 24_000_000, bytesAfter = 20_000_000 }, null, state.Now().AddMinutes(-3), state.Now().AddMinutes(-3).AddSeconds(2)),
        new(Guid.Parse("0197a3a0-0000-7000-8000-000000000002"), "bronze", "watchlog", "expire-snapshots", "yielded", "40 snapshots older than 5 days", new { snapshots = 40 }, "a commit of transform-worker came first", state.Now().AddMinutes(-9), state.Now().AddMinutes(-9).AddSeconds(1)),
    ];

    sealed record FakeAct(Guid Id, string Namespace, string Table, string Act, string State, string Reason, object Details, string? Error, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);
}
