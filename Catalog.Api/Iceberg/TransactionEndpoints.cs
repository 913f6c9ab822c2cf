using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Idempotency;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Iceberg;

/// <summary><c>POST /v1/{prefix}/transactions/commit</c>: several tables, source positions and items in one commit.</summary>
internal static class TransactionEndpoints
{
    const int MaxText = 4096;
    const int MaxKey = 1024;

    public static void MapTransactions(this IEndpointRouteBuilder routes) => routes.MapPost("/transactions/commit", async (
        HttpContext context, LakeView view, Caller caller, TableCommitter committer, CommitRights rights, IdempotencyKeys keys, CancellationToken cancellationToken) =>
    {
        var body = await IcebergBodies.ReadAsync<CommitTransactionRequest>(context.Request, cancellationToken);
        var changes = (body.TableChanges ?? throw CatalogErrors.BadRequest("table-changes is missing"))
            .Select((change, index) => MetadataRequests.Change((change?.Identifier ?? throw CatalogErrors.BadRequest($"table-changes[{index}].identifier is missing")).Parse(), change))
            .ToList();
        if (changes.GroupBy(change => change.Table).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
        {
            throw CatalogErrors.BadRequest($"table-changes names {twice} twice");
        }

        await rights.DemandAsync(caller, view, changes, cancellationToken);
        var request = RequestOf(context, view, body.Lakeaspire, changes);
        CommitRights.DemandOwnPositions(caller, request);
        var committed = await committer.CommitAsync(changes, caller.IsOperator ? request : request with { Author = caller.Name, DemandFiles = rights.FilesOf(caller, view) }, cancellationToken);
        if (committed.CommitId is null)
        {
            await keys.TakeAsync(KeptAnswers.Nothing);
        }

        CommitHeader.Set(context, committed.CommitId);
        return Results.NoContent();
    }).ForPrincipals().Idempotent();

    static CommitRequest RequestOf(HttpContext context, LakeView view, LakeAspireCommit? body, IReadOnlyList<TableChangeRequest> changes)
    {
        var caller = Author.Of(context);
        var request = new CommitRequest
        {
            View = view,
            Owner = caller,
            PassesProtection = body is null or { Cursors: null or [], Items: null or [] } && RowsKept.By(context, changes),
            Author = Text(body?.Author, "author", MaxText) ?? caller,
            Message = Text(body?.Message, "message", MaxText) ?? CommitMessages.Of(changes),
            RunId = body?.RunId,
            RunAttempt = body?.RunAttempt,
            Lease = body?.Lease is { } lease ? (Required(lease.Name, "lease.name", MaxKey), lease.Token ?? throw CatalogErrors.BadRequest("lakeaspire.lease.token is missing")) : null,
            Cursors = (body?.Cursors ?? []).Select(CursorOf).ToList(),
            Items = (body?.Items ?? []).Select(ItemOf).ToList(),
            Lineage = Lineage.Ingest.CommitInbox.Text(body?.Lineage),
        };
        if (request.Cursors.GroupBy(cursor => cursor.Scope, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } scope)
        {
            throw CatalogErrors.BadRequest($"lakeaspire.cursors names the scope '{NamespaceName.Shown(scope)}' twice");
        }

        if (request.Items.GroupBy(item => (item.Scope, item.Key)).FirstOrDefault(group => group.Count() > 1)?.Key is { } item)
        {
            throw CatalogErrors.BadRequest($"lakeaspire.items names the key '{NamespaceName.Shown(item.Key)}' twice");
        }

        return request;
    }

    static CursorMove CursorOf(CursorBody body) => new(
        Required(body.Scope, "cursors.scope", MaxKey), Text(body.Expected, "cursors.expected", MaxText), Required(body.Next, "cursors.next", MaxText));

    static NewItem ItemOf(ItemBody body) => new(
        Required(body.Scope, "items.scope", MaxKey),
        Required(body.Key, "items.key", MaxKey),
        Text(body.Fingerprint, "items.fingerprint", MaxText) ?? "",
        body.RetentionSeconds switch
        {
            null => null,
            > 0 and <= 3_153_600_000 => TimeSpan.FromSeconds(body.RetentionSeconds.Value),
            _ => throw CatalogErrors.BadRequest("lakeaspire.items.retention-seconds must be between 1 and 100 years"),
        });

    static string Required(string? text, string name, int max) =>
        string.IsNullOrEmpty(text) ? throw CatalogErrors.BadRequest($"lakeaspire.{name} is missing") : Text(text, name, max)!;

    static string? Text(string? text, string name, int max) => text switch
    {
        { Length: var length } when length > max => throw CatalogErrors.BadRequest($"lakeaspire.{name} is longer than {max} characters"),
        not null when text.Contains('\0', StringComparison.Ordinal) => throw CatalogErrors.BadRequest($"lakeaspire.{name} contains a NUL character"),
        _ => text,
    };
}
