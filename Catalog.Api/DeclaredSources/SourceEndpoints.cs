using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.DeclaredSources;

internal sealed record PutSourceRequest(string? Kind, JsonObject? Document);

internal sealed record PatchSourceRequest(string? Worker, string? State, string? Position, long? Lag, string? Error);

internal sealed record DeclaredSourceBody(
    string Name, string Kind, JsonObject Document, bool Paused, string? State, string? Position, long? Lag, string? Error, string? Worker, DateTimeOffset? ReportedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static DeclaredSourceBody Of(SourceRow row) => new(
        row.Name, row.Kind, JsonSerializer.Deserialize<JsonObject>(row.Document)!, row.Paused, row.State, row.Position, row.Lag, row.Error, row.Worker, row.ReportedAt, row.CreatedAt, row.UpdatedAt);
}

internal sealed record DeclaredSourcesBody(IReadOnlyList<DeclaredSourceBody> Sources);

/// <summary><c>/api/sources</c>: what is to be read, whether it is, and how far its worker has come.</summary>
internal static class SourceEndpoints
{
    const int MaxText = 4096;
    const string Source = "/api/sources/{name}";

    static readonly HashSet<string> States = new(StringComparer.Ordinal) { "starting", "running", "failed", "stopped" };

    public static void MapDeclaredSources(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/sources", async (string? kind, CatalogReads reads, CancellationToken cancellationToken) =>
        {
            var rows = await reads.QueryAsync(db => db.Set<SourceRow>().Where(s => kind == null || s.Kind == kind).OrderBy(s => s.Name).ToListAsync(cancellationToken), cancellationToken);
            return Results.Json(new DeclaredSourcesBody([.. rows.Select(DeclaredSourceBody.Of)]));
        });

        routes.MapGet(Source, async (string name, CatalogReads reads, CancellationToken cancellationToken) =>
        {
            var row = await reads.QueryAsync(db => db.Set<SourceRow>().FirstOrDefaultAsync(s => s.Name == name, cancellationToken), cancellationToken);
            return Results.Json(DeclaredSourceBody.Of(row ?? throw NoSuchSource(name)));
        });

        routes.MapPut(Source, async (string name, HttpRequest request, IDbContextFactory<CatalogDb> databases, TimeProvider time, CancellationToken cancellationToken) =>
        {
            if (NameRules.PlainProblem(name) is { } problem)
            {
                throw CatalogErrors.BadRequest($"the source name '{NamespaceName.Shown(name)}' {problem}");
            }

            var body = await ApiBodies.ReadAsync<PutSourceRequest>(request, cancellationToken);
            var kind = ApiBodies.Required(body.Kind, "kind", 64);
            var document = (body.Document ?? throw CatalogErrors.BadRequest("document is missing")).ToJsonString();
            var now = StoredTime.Now(time);
            return await ReturnAsync(databases, name, cancellationToken, $"""
                INSERT INTO sources AS s (name, kind, document, paused, created_at, updated_at) VALUES ({name}, {kind}, {document}::jsonb, false, {now}, {now})
                ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, document = excluded.document,
                    updated_at = CASE WHEN s.kind = excluded.kind AND s.document = excluded.document THEN s.updated_at ELSE excluded.updated_at END
                RETURNING *
                """);
        }).RequireAuthorization(LakeRoles.User);

        // What a worker leaves out stays as it was; an error goes with the next state that is none.
        routes.MapPatch(Source, async (string name, HttpRequest request, IDbContextFactory<CatalogDb> databases, TimeProvider time, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<PatchSourceRequest>(request, cancellationToken);
            var worker = ApiBodies.Required(body.Worker, "worker", 255);
            var state = body.State is null || States.Contains(body.State) ? body.State : throw CatalogErrors.BadRequest($"state must be one of {string.Join(", ", States)}");
            var position = body.Position is null ? null : ApiBodies.Required(body.Position, "position", MaxText);
            var error = body.Error is null ? null : ApiBodies.Required(body.Error, "error", MaxText);
            var lag = body.Lag is null or >= 0 ? body.Lag : throw CatalogErrors.BadRequest("lag must not be negative");
            var now = StoredTime.Now(time);
            return await ReturnAsync(databases, name, cancellationToken, $"""
                UPDATE sources SET state = coalesce({state}, state), position = coalesce({position}, position), lag = coalesce({lag}, lag),
                    error = CASE WHEN {state}::text IS NULL THEN coalesce({error}, error) ELSE {error}::text END, worker = {worker}, reported_at = {now}
                WHERE name = {name} RETURNING *
                """);
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPost(Source + "/pause", (string name, IDbContextFactory<CatalogDb> databases, CancellationToken cancellationToken) =>
            ReturnAsync(databases, name, cancellationToken, $"UPDATE sources SET paused = true WHERE name = {name} RETURNING *")).RequireAuthorization(LakeRoles.User);

        routes.MapPost(Source + "/resume", (string name, IDbContextFactory<CatalogDb> databases, CancellationToken cancellationToken) =>
            ReturnAsync(databases, name, cancellationToken, $"UPDATE sources SET paused = false WHERE name = {name} RETURNING *")).RequireAuthorization(LakeRoles.User);

        routes.MapDelete(Source, async (string name, IDbContextFactory<CatalogDb> databases, CancellationToken cancellationToken) =>
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            return await db.Set<SourceRow>().Where(s => s.Name == name).ExecuteDeleteAsync(cancellationToken) == 1 ? Results.NoContent() : throw NoSuchSource(name);
        }).RequireAuthorization(LakeRoles.User);
    }

    static async Task<IResult> ReturnAsync(IDbContextFactory<CatalogDb> databases, string name, CancellationToken cancellationToken, FormattableString statement)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<SourceRow>().FromSql(statement).AsNoTracking().ToListAsync(cancellationToken);
        return rows is [var row] ? Results.Json(DeclaredSourceBody.Of(row)) : throw NoSuchSource(name);
    }

    static ApiException NoSuchSource(string name) => new(404, $"There is no source '{NamespaceName.Shown(name)}'.", "NoSuchSourceException");
}
