using LakeAspire.Catalog.Access;
using System.Text.Json;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.EntityFrameworkCore;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Projects;

internal sealed record ModelBody(
    string? Name, string? Namespace, string? Materialized, string[]? DependsOn, string? Path, string? RawSql, string? Description);

internal sealed record SourceBody(string? Namespace, string? Name);

internal sealed record ProjectDocument(ModelBody[]? Models, SourceBody[]? Sources);

internal sealed record ProjectBody(string Name, DateTimeOffset UpdatedAt, IReadOnlyList<ModelBody> Models, IReadOnlyList<SourceBody> Sources);

internal sealed record ProjectsBody(IReadOnlyList<ProjectBody> Projects);

/// <summary><c>/api/projects</c>: the pipeline projects as their workers describe them.</summary>
internal static class ProjectEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/projects/{name}", async (
            string name, HttpRequest request, IDbContextFactory<CatalogDb> databases, TimeProvider time, CancellationToken cancellationToken) =>
        {
            if (NameRules.PlainProblem(name) is { } problem)
            {
                throw CatalogErrors.BadRequest($"the project name '{NamespaceName.Shown(name)}' {problem}");
            }

            var body = Checked(await ApiBodies.ReadAsync<ProjectDocument>(request, cancellationToken));
            var document = JsonSerializer.Serialize(body, ApiBodies.Json);
            var now = StoredTime.Now(time);
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO projects (name, updated_at, document) VALUES ({name}, {now}, {document}::jsonb)
                ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at, document = excluded.document
                """,
                cancellationToken);
            return Results.Json(new ProjectBody(name, now, body.Models!, body.Sources!));
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapGet("/api/projects", async (Caller caller, VisibleProjects visible, CancellationToken cancellationToken) =>
            Results.Json(new ProjectsBody((await visible.ListAsync(caller, cancellationToken)).Select(p => p.Body).ToList()))).ForPrincipals();
    }

    static ProjectDocument Checked(ProjectDocument body)
    {
        foreach (var model in body.Models ?? [])
        {
            ApiBodies.Required(model?.Name, "models.name");
            ApiBodies.Required(model?.Namespace, "models.namespace");
        }

        foreach (var source in body.Sources ?? [])
        {
            ApiBodies.Required(source?.Name, "sources.name");
            ApiBodies.Required(source?.Namespace, "sources.namespace");
        }

        return new ProjectDocument((body.Models ?? []).Select(model => model with { DependsOn = model.DependsOn ?? [] }).ToArray(), body.Sources ?? []);
    }
}
