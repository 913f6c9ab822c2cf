using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using System.Globalization;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Publications;

/// <summary><c>/api/publications</c>: how far tables are published as Delta.</summary>
internal static class PublicationEndpoints
{
    const int MaxSeconds = 3600;
    const int MaxColumns = 10_000;

    public static void MapPublications(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/publications/claim", async (HttpRequest request, PublicationQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<ClaimPublicationRequest>(request, cancellationToken);
            var claimed = await queue.ClaimAsync(ApiBodies.Required(body.Worker, "worker", 255), Seconds(body.LeaseSeconds, "leaseSeconds"), cancellationToken);
            return claimed is null ? Results.NoContent() : Results.Json(claimed);
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPost("/api/publications/{tableId:guid}", async (Guid tableId, HttpRequest request, PublicationQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<PublicationReport>(request, cancellationToken);
            Check(body);
            await queue.ReportAsync(tableId, body, Seconds(body.LeaseSeconds, "leaseSeconds"), cancellationToken);
            return Results.NoContent();
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapGet("/api/publications", async (CatalogReads reads, CancellationToken cancellationToken) =>
        {
            var rows = await reads.QueryAsync(
                async db => (Pointers: await TableLookup.Current(db).OrderBy(p => p.Namespace).ThenBy(p => p.Name).ToListAsync(cancellationToken),
                    Publications: await db.Publications.ToDictionaryAsync(p => p.TableId, cancellationToken)),
                cancellationToken);
            return Results.Json(new PublicationsBody(rows.Pointers
                .Select(p => new TablePublicationBody(NamespaceName.FromDatabase(p.Namespace).Dotted, p.Name, PublicationBody.Of(rows.Publications.GetValueOrDefault(p.TableId), p.FromCommit))).ToList()));
        }).OnLake(Privilege.Describe);
    }

    static void Check(PublicationReport body)
    {
        ApiBodies.Required(body.Worker, "worker", 255);
        if (body.State is not null && !PublicationStates.OfWorkers.Contains(body.State))
        {
            throw CatalogErrors.BadRequest($"state must be one of {string.Join(", ", PublicationStates.OfWorkers)}");
        }

        if (body.SnapshotId is not null && !long.TryParse(body.SnapshotId, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            throw CatalogErrors.BadRequest("snapshotId must be a number as text");
        }

        if (body.Reason is not null)
        {
            ApiBodies.Required(body.Reason, "reason", 4096);
        }

        if (body.LeftOut is { Length: > MaxColumns })
        {
            throw CatalogErrors.BadRequest($"leftOut must be a list of at most {MaxColumns} names");
        }

        foreach (var column in body.LeftOut ?? [])
        {
            ApiBodies.Required(column, "leftOut", 4096);
        }

        Seconds(body.RetrySeconds, "retrySeconds");
    }

    static TimeSpan? Seconds(int? seconds, string name) => seconds switch
    {
        null => null,
        >= 1 and <= MaxSeconds => TimeSpan.FromSeconds(seconds.Value),
        _ => throw CatalogErrors.BadRequest($"{name} must be between 1 and {MaxSeconds}"),
    };
}
