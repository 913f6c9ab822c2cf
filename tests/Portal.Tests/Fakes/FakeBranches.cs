using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>Branches of the catalog: <c>dev</c> merges into <c>main</c>, and into nothing else.</summary>
internal static class FakeBranches
{
    sealed record Made(string Name, string From, string Kind);

    sealed record Change(bool? Protected);

    sealed record Wish(string From, string? Message, bool DryRun);

    public static void Map(WebApplication app, FakeState state)
    {
        var made = new ConcurrentDictionary<string, FakeBranch>(StringComparer.Ordinal)
        {
            ["dev"] = new("dev", "branch", "main", 40, 44, state.Now().AddMinutes(-2), true, false, state.Now().AddHours(-1), "anna", null),
            ["main"] = new("main", "branch", null, null, 43, state.Now().AddMinutes(-5), true, false, state.Now().AddDays(-30), "catalog", null),
            ["run/42"] = new("run/42", "branch", "main", 43, 43, state.Now().AddMinutes(-5), false, false, state.Now().AddMinutes(-4), "transform-worker", state.Now().AddHours(1)),
            ["v1"] = new("v1", "tag", "main", 12, 12, state.Now().AddDays(-2), false, false, state.Now().AddDays(-2), "anna", null),
        };
        app.MapGet("/api/branches", () => Results.Json(new { branches = made.Values.OrderBy(branch => branch.Name, StringComparer.Ordinal) }));
        app.MapGet("/api/branches/{name}", (string name) => made.TryGetValue(NameOf(name), out var found) ? Results.Json(found) : Answers.Problem(404, $"There is no branch or tag '{name}'.", "NoSuchBranchException"));
        app.MapPost("/api/branches", (Made wish) => made.TryAdd(wish.Name, new(wish.Name, wish.Kind, wish.From, 43, 43, state.Now(), false, false, state.Now(), "user", null))
            ? Results.Json(made[wish.Name], statusCode: 201)
            : Answers.Problem(409, $"There is a branch or tag '{wish.Name}' already.", "AlreadyExistsException"));
        app.MapPatch("/api/branches/{name}", (string name, Change change) => Results.Json(made[NameOf(name)] = made[NameOf(name)] with { Protected = change.Protected ?? false }));
        app.MapDelete("/api/branches/{name}", (string name) => made.TryRemove(NameOf(name), out _) ? Results.NoContent() : Answers.Problem(404, $"There is no branch or tag '{name}'.", "NoSuchBranchException"));
        app.MapGet("/api/branches/{name}/log", (string name) => Results.Json(new { commits = Log(state, NameOf(name)), next = (long?)null }));
        app.MapGet("/api/diff", (string from, string to) => Results.Json(new { from, to, truncated = false, changes = from == to ? [] : Differences() }));
        app.MapPost("/api/branches/{name}/merge", (string name, Wish wish) => Results.Json(Merge(wish, NameOf(name))));
    }

    static string NameOf(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    static object[] Log(FakeState state, string branch) =>
    [
        new { id = 44, at = state.Now().AddMinutes(-2), branch, author = "anna", message = "try other segments", kind = "change", changed = 2, tables = new[] { Table("gold", "customer_360", "changed"), Table("gold", "segments", "created") } },
        new { id = 41, at = state.Now().AddMinutes(-9), branch = "main", author = "anna", message = "merge test into main", kind = "merge", mergedBranch = "test", mergedCommit = 39, changed = 1200, tables = Enumerable.Range(0, 9).Select(i => Table("silver", $"watch_{i}", "changed")) },
        new { id = 38, at = state.Now().AddHours(-2), branch = "main", author = "operator", message = "back to before the bad load", kind = "reset", changed = 1, tables = new[] { Table("bronze", "watchlog", "changed") } },
    ];

    static object Table(string ns, string name, string change) => new { @namespace = ns, name, kind = "table", change };

    static object[] Differences() =>
    [
        new { kind = "table", @namespace = "gold", name = "customer_360", change = "changed", rowsBefore = 1200L, rowsAfter = 1250L, filesBefore = 4L, filesAfter = 5L, bytesBefore = 120_000L, bytesAfter = 131_000L, commit = 44L },
        new { kind = "table", @namespace = "gold", name = "segments", change = "added", rowsAfter = 12L, filesAfter = 1L, bytesAfter = 4_000L, commit = 44L },
        new { kind = "table", @namespace = "silver", name = "clean_watch", change = "renamed", renamedFrom = "silver.watch", rowsBefore = 600_000L, rowsAfter = 600_000L, filesBefore = 30L, filesAfter = 30L, commit = 42L },
    ];

    static object Merge(Wish wish, string into)
    {
        var conflicts = into == "main" ? [] : new object[] { new { kind = "table", @namespace = "gold", name = "customer_360", reason = "changed on both sides: snapshot 7 of the target is no append: overwrite", sourceCommit = 44L, targetCommit = 43L } };
        object[] changes = into == "main"
            ?
            [
                new { kind = "table", @namespace = "gold", name = "customer_360", action = "rebase", rowsBefore = 1200L, rowsAfter = 1250L, filesBefore = 4L, filesAfter = 5L, sourceCommit = 44L },
                new { kind = "table", @namespace = "gold", name = "segments", action = "create", rowsAfter = 12L, filesAfter = 1L, sourceCommit = 44L },
            ]
            : [];
        return new
        {
            from = wish.From,
            into,
            outcome = conflicts.Length > 0 ? "conflicts" : wish.DryRun ? "planned" : "merged",
            commit = wish.DryRun ? (long?)null : 45,
            changes,
            cursors = into == "main" ? new object[] { new { scope = "kafka/orders/0", from = "17", to = "23" } } : [],
            items = Array.Empty<object>(),
            conflicts,
        };
    }

    sealed record FakeBranch(
        string Name, string Kind, string? Parent, long? ParentCommit, long? Head, DateTimeOffset? HeadAt, bool HasCommits, bool Protected, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt)
    {
        public string[] Privileges { get; } = ["describe", "select", "append", "modify", "manage", "create", "grant"];
    }
}
