using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>The catalog's answers about the past of tables: a history of three commits, two dropped things, rollback, undrop, protection, backup and verification.</summary>
internal static class FakeRecovery
{
    sealed record Wish(Guid? Id, string? As);

    sealed record Back(string? SnapshotId, long? Commit, DateTimeOffset? Time, bool DryRun);

    sealed record Protect(bool Protected);

    public static void Map(WebApplication app, FakeState state)
    {
        var undropped = new ConcurrentDictionary<Guid, bool>();
        app.MapGet("/api/tables/{ns}/{name}/history", (string ns, string name) => Results.Json(new { history = History(state, ns, name), before = (long?)null }));
        app.MapGet("/api/dropped", () => Results.Json(new { dropped = Dropped(state).Where(thing => !undropped.ContainsKey(thing.Id)) }));
        app.MapPost("/api/tables/{ns}/{name}/undrop", (string ns, string name, Wish wish) =>
        {
            var thing = Dropped(state).FirstOrDefault(one => one.Namespace == ns && one.Name == name && one.CanComeBack);
            return thing is not null && undropped.TryAdd(thing.Id, true)
                ? Results.Json(new { id = thing.Id, @namespace = ns, name = wish.As?.Split('.')[^1] ?? name, commitId = 45L })
                : Answers.Problem(404, $"Nothing of the name {ns}.{name} was dropped on 'main'.", "NoSuchDroppedException");
        });
        app.MapPost("/api/tables/{ns}/{name}/rollback", (string ns, string name, Back wish) => ns == "gold" && name == "none"
            ? Answers.Problem(404, "Table does not exist: gold.none", "NoSuchTableException")
            : Results.Json(new
            {
                @namespace = ns,
                name,
                from = Point("7301986345178322003", 1200, 3, state.Now().AddHours(-1)),
                to = Point(wish.SnapshotId ?? "7301986345178322001", 800, 1, state.Now().AddHours(-5)),
                snapshotsBetween = 2,
                schemaDiffers = false,
                dryRun = wish.DryRun,
                commitId = wish.DryRun ? (long?)null : 46,
            }));
        app.MapPut("/api/tables/{ns}/{name}/protection", (Protect wish) => Results.Json(new { @protected = wish.Protected }));
        app.MapPut("/api/namespaces/{ns}/protection", (Protect wish) => Results.Json(new { @protected = wish.Protected }));
        app.MapPost("/api/verify", (bool? deep) => Results.Text(
            """
            {"line":"progress","tables":1,"of":2,"files":10,"bytes":1000000,"faults":0}
            {"line":"fault","kind":"missing","table":"gold.customer_360","branch":"dev","location":"file:///lake/gold/c/1.parquet","message":"data file does not exist"}
            {"line":"summary","tables":2,"of":2,"files":17,"bytes":2000000,"faults":1}

            """,
            "application/x-ndjson"));
        app.MapPost("/api/restore", (bool replace) => replace
            ? Results.Json(new { createdAt = state.Now(), tables = 30, rows = 1234, migrationsApplied = new[] { "20261121190000_Branches" } })
            : Answers.Problem(409, "The database is in use: commits hold rows. Restore into an empty database, or say that what it holds may go (--replace).", "RestoreRefusedException"));
    }

    static object Point(string id, long rows, long files, DateTimeOffset at) => new { snapshotId = id, at, rows, files, operation = "append" };

    static object[] History(FakeState state, string ns, string name) =>
    [
        State(state, ns, name, 44, "run 9 of watchlog", "7301986345178322003", 1200, 3, -1),
        State(state, ns, name, 40, "run 8 of watchlog", "7301986345178322002", 1000, 2, -3),
        State(state, ns, name, 31, $"create {ns}.{name}", "7301986345178322001", 800, 1, -5),
    ];

    static object State(FakeState state, string ns, string name, long id, string message, string snapshot, long rows, long files, int hours) => new
    {
        commit = new { id, at = state.Now().AddHours(hours), author = "transform-worker", message },
        @namespace = ns, name, dropped = false, snapshotId = snapshot, rows, files, bytes = rows * 1000,
    };

    static Thing[] Dropped(FakeState state) =>
    [
        new(Guid.Parse("0197a3a0-0000-7000-8000-00000000000a"), "silver", "old_watch", "table", new(43, state.Now().AddHours(-2), "ann", "drop and purge silver.old_watch"), 5000, 4, 8_000_000, true, state.Now().AddDays(7), "waiting"),
        new(Guid.Parse("0197a3a0-0000-7000-8000-00000000000b"), "gold", "trial", "table", new(39, state.Now().AddDays(-20), "ben", "drop and purge gold.trial"), 10, 1, 9_000, false, state.Now().AddDays(-13), "done"),
        new(Guid.Parse("0197a3a0-0000-7000-8000-00000000000c"), "", "scratch", "namespace", new(38, state.Now().AddDays(-21), "ben", "drop namespace scratch"), null, null, null, true, null, null),
    ];

    sealed record Thing(Guid Id, string Namespace, string Name, string Kind, Commit DroppedBy, long? Rows, long? Files, long? Bytes, bool CanComeBack, DateTimeOffset? FilesUntil, string? Purge);

    sealed record Commit(long Id, DateTimeOffset At, string Author, string Message);
}
