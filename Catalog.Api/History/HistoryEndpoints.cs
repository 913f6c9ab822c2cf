using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Leases;
using LakeAspire.Catalog.Merging;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.History;

/// <summary>What a branch becomes, and the commit that has to be its newest.</summary>
internal sealed record ResetBody(string? To, long? ExpectedHead, string? Message);

/// <summary>What a reset did: no commit when there was nothing to change.</summary>
internal sealed record ResetResultBody(string Branch, string To, long? Commit, int Changed);

/// <summary>Who deletes files of a table, for how long, and the token of before if it is prolonged.</summary>
internal sealed record HoldRequest(string? Holder, long? Token, double? TtlSeconds);

internal sealed record HoldBody(Guid TableId, long Token, DateTimeOffset ExpiresAt, IReadOnlyList<PointerBody> Pointers);

/// <summary><c>/api/diff</c>, and the log and the reset of a branch.</summary>
internal static class HistoryEndpoints
{
    const string Table = "/api/tables/{ns}/{name}";
    const double MaxHold = 3600;

    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/diff", async (string? from, string? to, Caller caller, IAccess access, LakeViews views, Differ differ, CancellationToken cancellationToken) =>
        {
            var before = await access.ResolveAsync(caller, views, LakeRef.Parse(from), cancellationToken);
            var after = await access.ResolveAsync(caller, views, LakeRef.Parse(to), cancellationToken);
            return Results.Json(await differ.DiffAsync(before, after, await access.RightsAsync(caller, cancellationToken), tables => access.WithHiddenAsync(caller, tables, cancellationToken), cancellationToken));
        }).ForPrincipals();

        routes.MapGet("/api/branches/{name}/log", async (string name, string? table, long? before, int? limit, Caller caller, IAccess access, LakeViews views, MergeReads reads, LogReads log, CancellationToken cancellationToken) =>
        {
            var view = await access.ResolveAsync(caller, views, LakeRef.Parse(BranchEndpoints.NameOf(name)), cancellationToken);
            var id = table is null ? (Guid?)null : await IdAsync(reads, view, table, cancellationToken);
            return Results.Json(await log.ReadAsync(view, id, before, ApiBodies.Limit(limit), await access.RightsAsync(caller, cancellationToken), cancellationToken));
        }).ForPrincipals();

        routes.MapPost("/api/branches/{name}/reset", async (string name, HttpContext context, Caller caller, IAccess access, LakeViews views, Resetter resetter, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<ResetBody>(context.Request, cancellationToken);
            var (branch, to) = (LakeRef.Parse(BranchEndpoints.NameOf(name)), LakeRef.Parse(ApiBodies.Required(body.To, "to")));
            var head = body.ExpectedHead ?? throw CatalogErrors.BadRequest("expectedHead is missing: the newest commit of the branch, so that nothing is undone that you have not seen");
            var message = body.Message is null ? null : ApiBodies.Required(body.Message, "message", 4096);
            if (caller is not { IsOperator: true, Id: null })
            {
                // Everything on the branch may change, and shows what was elsewhere.
                await access.DemandAsync(caller, Privilege.Manage, Securable.Lake, branch.Branch, cancellationToken);
                await access.DemandAsync(caller, Privilege.Select, Securable.Lake, (await views.ResolveAsync(to, cancellationToken)).Branch, cancellationToken);
            }

            var outcome = await resetter.ResetAsync(branch, to, head, message, Author.Of(context), cancellationToken);
            CommitHeader.Set(context, outcome.CommitId);
            return Results.Json(new ResetResultBody(branch.Text, to.Text, outcome.CommitId, outcome.Tables));
        }).ForPrincipals();

        routes.MapGet(Table + "/pointers", async (string ns, string name, LakeView view, MergeReads reads, TablePointers pointers, CancellationToken cancellationToken) =>
        {
            var id = await CurrentAsync(reads, view, ns, name, cancellationToken);
            return Results.Json(new PointersBody(id, await pointers.OfAsync(id, cancellationToken)));
        });

        // The pointers are asked for once the lease is taken: what comes to them after that knows of it.
        routes.MapPost(Table + "/hold", async (string ns, string name, HttpRequest request, LakeView view, MergeReads reads, LeaseStore leases, TablePointers pointers, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<HoldRequest>(request, cancellationToken);
            var (holder, ttl) = (ApiBodies.Required(body.Holder, "holder", 255), body.TtlSeconds is > 0 and <= MaxHold and var seconds ? TimeSpan.FromSeconds(seconds) : throw CatalogErrors.BadRequest($"ttlSeconds must be greater than 0 and at most {MaxHold}"));
            var id = await CurrentAsync(reads, view, ns, name, cancellationToken);
            // One that was over says nothing any more: states of the past may have been taken for whole since.
            var lease = body.Token is { } token
                ? await leases.ProlongAsync(PastStates.LeaseOf(id), holder, token, ttl, cancellationToken)
                : await leases.AcquireAsync(PastStates.LeaseOf(id), holder, ttl, cancellationToken);
            return Results.Json(new HoldBody(id, lease.Token, lease.ExpiresAt, await pointers.OfAsync(id, cancellationToken)));
        }).OnTable(Privilege.Modify);
        routes.MapDelete(Table + "/hold", async (string ns, string name, string? holder, long? token, LakeView view, MergeReads reads, LeaseStore leases, CancellationToken cancellationToken) =>
        {
            await leases.ReleaseAsync(
                PastStates.LeaseOf(await CurrentAsync(reads, view, ns, name, cancellationToken)), ApiBodies.Required(holder, "holder", 255), token ?? throw CatalogErrors.BadRequest("token is missing"), cancellationToken);
            return Results.NoContent();
        }).OnTable(Privilege.Modify);
    }

    static async Task<Guid> CurrentAsync(MergeReads reads, LakeView view, string ns, string name, CancellationToken cancellationToken)
    {
        var table = TableName.Parse(NamespaceName.ParseDotted(ns), name);
        return (await reads.NamedAsync(view, "p.kind <> 2 AND p.namespace = $1 AND p.name = $2", [table.Namespace.Text, table.Name], cancellationToken)) is [var thing] ? thing.TableId : throw CatalogErrors.NoSuchTable(table);
    }

    /// <summary>A table by the name that it has there, or had when it was dropped.</summary>
    static async Task<Guid> IdAsync(MergeReads reads, LakeView view, string text, CancellationToken cancellationToken)
    {
        var table = TableName.ParseDotted(text, "table");
        var found = await reads.EverNamedAsync(view, table, cancellationToken);
        return found ?? throw CatalogErrors.NoSuchTable(table);
    }
}
