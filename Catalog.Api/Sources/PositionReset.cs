using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Naming;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Sources;

/// <summary>What a position is set to (null: unset, so that the source is read from its beginning), why, and, if that is to be checked, what it is now.</summary>
internal sealed record ResetPositionRequest(string? Scope, string? To, string? Expected, string? Reason);

internal sealed record ResetPositionBody(string Scope, string? From, string? To, long CommitId);

/// <summary>
/// <c>POST /api/positions/reset</c>: sets a position by hand, in a commit of its own that says who, from where and why. What was read after it is read again, and is in the tables twice unless
/// somebody sees to it: so only who runs the installation may.
/// </summary>
internal static class PositionReset
{
    const int Attempts = 5;
    const int MaxValue = 4096;

    public static async Task<IResult> RunAsync(HttpContext context, LakeView view, CatalogReads reads, CommitStore store, CommitRunner runner, CancellationToken cancellationToken)
    {
        var body = await ApiBodies.ReadAsync<ResetPositionRequest>(context.Request, cancellationToken);
        var scope = ApiBodies.Required(body.Scope, "scope");
        var reason = ApiBodies.Required(body.Reason, "reason", MaxValue);
        var to = body.To is null ? null : ApiBodies.Required(body.To, "to", MaxValue);
        for (var attempt = 1; ; attempt++)
        {
            var stored = await reads.QueryAsync(
                db => db.Database.SqlQueryRaw<CursorBody>(PositionSql.SetCursors(view.Levels, "c.scope = {0}"), scope).OrderBy(c => c.Scope).Select(c => c.Value).FirstOrDefaultAsync(cancellationToken), cancellationToken);
            if (stored is null)
            {
                throw new ServiceDefaults.Errors.ApiException(404, $"The scope '{NamespaceName.Shown(scope)}' has no position on '{view.Branch}'.", "NoSuchPositionException");
            }

            if (body.Expected is { } expected && expected != stored)
            {
                throw CommitRunner.ErrorOf(new CommitOutcome.CursorElsewhere(scope, stored));
            }

            var request = new CommitRequest
            {
                View = view.Writable(),
                Author = Author.Of(context),
                Message = $"reset the position of {scope} from {stored} to {to ?? "none"}: {reason}",
                Cursors = [new CursorMove(scope, stored, to)],
            };
            switch (await runner.RunAsync(store, request, [], cancellationToken))
            {
                case CommitOutcome.Committed committed:
                    return Results.Json(new ResetPositionBody(scope, stored, to, committed.Id));
                case CommitOutcome.CursorElsewhere when attempt < Attempts && body.Expected is null:
                    break;
                case var outcome:
                    throw CommitRunner.ErrorOf(outcome);
            }
        }
    }
}
