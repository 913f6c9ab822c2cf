using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Merging;

/// <summary><c>/api/branches/{name}/merge</c>.</summary>
internal static class MergeEndpoints
{
    public static void MapMerging(this IEndpointRouteBuilder routes) => routes.MapPost("/api/branches/{name}/merge", async (string name, HttpContext context, Caller caller, IAccess access, Merger merger, CancellationToken cancellationToken) =>
    {
        var body = await ApiBodies.ReadAsync<MergeBody>(context.Request, cancellationToken);
        var from = LakeRef.Parse(ApiBodies.Required(body.From, "from"));
        var into = LakeRef.Parse(BranchEndpoints.NameOf(name));
        var message = body.Message is null ? null : ApiBodies.Required(body.Message, "message", 4096);
        var outcome = await merger.MergeAsync(new MergeRequest(from, into, message, body.DryRun ?? false, body.ExpectedHead, caller), cancellationToken);
        CommitHeader.Set(context, outcome.CommitId);
        var hidden = await access.WithHiddenAsync(caller, outcome.Plan.Steps.Select(step => step.TableId), cancellationToken);
        return Results.Json(MergeResultBody.Of(outcome, hidden));
    }).ForPrincipals();
}
