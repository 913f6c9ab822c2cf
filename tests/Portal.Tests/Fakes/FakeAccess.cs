using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>Principals, grants, keys and sessions of the fake lake.</summary>
public sealed class FakeAccess
{
    public const string User = "ada";
    public const string Password = "correct horse battery";

    /// <summary>Tokens that were given, and are accepted until their session ends.</summary>
    public ConcurrentDictionary<string, (Guid Session, string Name)> Tokens { get; } = new(StringComparer.Ordinal);

    readonly ConcurrentDictionary<Guid, string> sessions = new();
    readonly List<Row> principals = [new("administrators", "role", ["ada"]), new("ada", "user", null), new("analysts", "group", ["ada", "grafana"]), new("grafana", "service", null)];
    readonly List<Granted> grants = [new(1, "analysts", "select", "gold", null, null), new(2, "grafana", "append", "bronze", "watchlog", "run/*")];
    readonly List<Key> keys = [new(Guid.NewGuid(), "grafana", "dashboards", null)];

    readonly SortedDictionary<string, (string Table, string Name, NewPolicy Policy)> policies = new(StringComparer.Ordinal)
    {
        ["customer_360 default"] = ("customer_360", "default", new("region = 'EMEA' OR is_member('global')", new() { ["email"] = "left(email, 2) || '***'", ["address.street"] = "NULL" }, [], ["ada"])),
        ["customer_360 late"] = ("customer_360", "late", new("day >= DATE '2026-01-01'", [], ["analysts"], [])),
    };

    sealed record Row(string Name, string Kind, List<string>? Members);

    sealed record Granted(long Id, string Principal, string Privilege, string? Namespace, string? Table, string? Branch);

    sealed record Key(Guid Id, string Principal, string Name, DateTimeOffset? RevokedAt);

    sealed record PasswordChange(string Old, string New);

    static readonly string[] All = ["describe", "select", "append", "modify", "manage", "create", "grant"];

    static object MeBody(string name, string kind, bool isAdministrator, params string[] groups) => new
    {
        name, kind, administrator = isAdministrator, groups, hasPassword = kind == "user", privileges = isAdministrator ? All : [], anywhere = isAdministrator ? All : [], hasGrants = true, mayGrant = isAdministrator,
    };

    sealed record NewPolicy(string? RowFilter, Dictionary<string, string> Masks, List<string> Bound, List<string> Exempt);

    sealed record SignIn(string? User, string? Password, string? Address, string? Issuer, string? Subject, string? Name);

    sealed record NewPrincipal(string Kind, string Name);

    sealed record NewGrant(string Principal, string Privilege, string? Namespace, string? Table, string? Branch);

    sealed record NewKey(string? Principal, string Name);

    /// <summary>Ends every session, as an administrator does who disables a user.</summary>
    public void EndAll()
    {
        sessions.Clear();
        Tokens.Clear();
    }

    internal void Map(WebApplication app, FakeState state)
    {
        var gate = new Lock();
        app.MapGet("/api/access/me", (HttpContext context) => NameOf(context) is { } name
            ? Results.Json(MeBody(name, "user", name == User, "analysts"))
            : Results.Json(MeBody("user", "key", isAdministrator: true)));
        app.MapGet("/api/access/check", (HttpContext context) => Results.Json(new { privileges = NameOf(context) is null or User ? All : ["describe", "select"], filtered = false }));
        app.MapPut("/api/access/me/password", (PasswordChange body) => body.Old == Password ? Results.NoContent() : Answers.Problem(403, "The password is not right.", "ForbiddenException"));
        app.MapPost("/api/access/sign-in", (SignIn body) => body is { User: User, Password: Password } ? Begin(state, User)
            : Answers.Problem(401, "The name or the password is not right.", "NotAuthorizedException"));
        app.MapPost("/api/access/sign-in/provider", (SignIn body) => body.Subject == "refused" ? Answers.Problem(403, "Nobody here goes with this account; ask an administrator.", "ForbiddenException")
            : Begin(state, body.Name ?? body.Subject!));
        app.MapPost("/api/access/sessions/{id:guid}/token", (Guid id) => sessions.TryGetValue(id, out var name) ? Token(state, id, name) : Answers.Problem(401, "This session is over; sign in again.", "NotAuthorizedException"));
        app.MapDelete("/api/access/sessions/{id:guid}", (Guid id) =>
        {
            sessions.TryRemove(id, out _);
            foreach (var token in Tokens.Where(t => t.Value.Session == id).Select(t => t.Key))
            {
                Tokens.TryRemove(token, out _);
            }

            return Results.NoContent();
        });
        app.MapGet("/api/principals", () =>
        {
            lock (gate)
            {
                return Results.Json(new { principals = principals.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => BodyOf(state, p)).ToList() });
            }
        });
        app.MapPost("/api/principals", (NewPrincipal body) =>
        {
            lock (gate)
            {
                if (principals.Exists(p => p.Name == body.Name))
                {
                    return Answers.Problem(409, $"The name '{body.Name}' is taken.", "AlreadyExistsException");
                }

                var made = new Row(body.Name, body.Kind, body.Kind is "group" or "role" ? [] : null);
                principals.Add(made);
                return Results.Json(BodyOf(state, made), statusCode: 201);
            }
        });
        app.MapPut("/api/{kind}/{name}/members/{member}", (string name, string member) =>
        {
            lock (gate)
            {
                principals.Find(p => p.Name == name)!.Members!.Add(member);
                return Results.NoContent();
            }
        });
        app.MapGet("/api/grants", () =>
        {
            lock (gate)
            {
                return Results.Json(new { grants = grants.ConvertAll(g => BodyOf(state, g)) });
            }
        });
        app.MapPost("/api/grants", (NewGrant body) =>
        {
            lock (gate)
            {
                if (!principals.Exists(p => p.Name == body.Principal))
                {
                    return Answers.Problem(404, $"There is nobody called '{body.Principal}'", "NoSuchPrincipalException");
                }

                grants.Add(new(grants.Count + 1, body.Principal, body.Privilege, body.Namespace, body.Table, body.Branch));
                return Results.Json(BodyOf(state, grants[^1]), statusCode: 201);
            }
        });
        app.MapDelete("/api/grants/{id:long}", (long id) =>
        {
            lock (gate)
            {
                grants.RemoveAll(g => g.Id == id);
                return Results.NoContent();
            }
        });
        app.MapGet("/api/api-keys", () =>
        {
            lock (gate)
            {
                return Results.Json(new { keys = keys.ConvertAll(k => BodyOf(state, k, null)) });
            }
        });
        app.MapPost("/api/api-keys", (NewKey body) =>
        {
            lock (gate)
            {
                keys.Add(new(Guid.NewGuid(), body.Principal ?? User, body.Name, null));
                return Results.Json(BodyOf(state, keys[^1], "lake_0123456789abcdef0123456789abcdef_secret-shown-once"), statusCode: 201);
            }
        });
        app.MapGet("/api/policies", () =>
        {
            lock (gate)
            {
                return Results.Json(new { policies = policies.Values.Select(p => BodyOf(state, p)).ToList() });
            }
        });
        app.MapGet("/api/policies/gold/{table}", (string table) =>
        {
            lock (gate)
            {
                return Results.Json(new { policies = policies.Values.Where(p => p.Table == table).Select(p => BodyOf(state, p)).ToList() });
            }
        });
        app.MapPut("/api/policies/gold/{table}/{name}", (string table, string name, NewPolicy body) =>
        {
            lock (gate)
            {
                if (body.RowFilter?.Contains("nope", StringComparison.Ordinal) == true)
                {
                    return Answers.Problem(400, "rowFilter names a column that the table has not: nope", "BadRequestException");
                }

                policies[$"{table} {name}"] = (table, name, body);
                return Results.Json(BodyOf(state, policies[$"{table} {name}"]), statusCode: 201);
            }
        });
        app.MapDelete("/api/policies/gold/{table}/{name}", (string table, string name) =>
        {
            lock (gate)
            {
                return policies.Remove($"{table} {name}") ? Results.NoContent() : Answers.Problem(404, "There is none.", "NoSuchPolicyException");
            }
        });
        app.MapGet("/api/audit", (string? outcome) => Results.Json(new
        {
            entries = new[]
            {
                new { id = 3L, at = state.Now(), principal = "grafana", action = "select", outcome = "denied", securable = "table silver.watch", branch = (string?)"main", count = 12, detail = (object)new { } },
                new { id = 2L, at = state.Now(), principal = "ada", action = "grant.add", outcome = "changed", securable = "namespace gold", branch = (string?)null, count = 1, detail = (object)new { to = "analysts", privilege = "select" } },
            }.Where(e => string.IsNullOrEmpty(outcome) || e.outcome == outcome),
            next = (long?)null,
        }));
    }

    string? NameOf(HttpContext context) => Tokens.TryGetValue(context.Request.Headers.Authorization.ToString()["Bearer ".Length..], out var token) ? token.Name : null;

    IResult Begin(FakeState state, string name)
    {
        var id = Guid.NewGuid();
        sessions[id] = name;
        return Token(state, id, name);
    }

    IResult Token(FakeState state, Guid session, string name)
    {
        var token = "token-" + Guid.NewGuid().ToString("N");
        Tokens[token] = (session, name);
        return Results.Json(new { session, name, displayName = (string?)null, administrator = name == User, expiresAt = TimeProvider.System.GetUtcNow().AddHours(1), token, tokenExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(5) });
    }

    object BodyOf(FakeState state, Row row) => new
    {
        id = new Guid(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(row.Name))),
        kind = row.Kind,
        name = row.Name,
        displayName = row.Name == "ada" ? "Ada Lovelace" : null,
        hasPassword = row.Kind == "user",
        issuer = (string?)null,
        disabled = false,
        createdAt = state.Now(),
        members = row.Members,
        memberOf = principals.Where(p => p.Members?.Contains(row.Name) == true).Select(p => p.Name),
    };

    object BodyOf(FakeState state, Granted grant) => new
    {
        id = grant.Id,
        principal = grant.Principal,
        principalKind = principals.Find(p => p.Name == grant.Principal)!.Kind,
        privilege = grant.Privilege,
        @namespace = grant.Namespace,
        table = grant.Table,
        tableId = grant.Table is null ? (Guid?)null : Guid.Empty,
        branch = grant.Branch,
        grantedAt = state.Now(),
        grantedBy = "user",
    };

    static object BodyOf(FakeState state, (string Table, string Name, NewPolicy Policy) policy) => new
    {
        tableId = new Guid(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(policy.Table))),
        @namespace = "gold",
        table = policy.Table,
        name = policy.Name,
        version = 1,
        rowFilter = policy.Policy.RowFilter,
        masks = policy.Policy.Masks,
        bound = policy.Policy.Bound,
        exempt = policy.Policy.Exempt,
        @checked = policy.Name != "late",
        fields = Array.Empty<object>(),
        updatedAt = state.Now(),
        updatedBy = "ada",
    };

    static object BodyOf(FakeState state, Key key, string? secret) => new
    {
        id = key.Id, principal = key.Principal, name = key.Name, createdAt = state.Now(), createdBy = "user", expiresAt = (DateTimeOffset?)null, lastUsedAt = (DateTimeOffset?)state.Now(), revokedAt = key.RevokedAt, key = secret,
    };
}
