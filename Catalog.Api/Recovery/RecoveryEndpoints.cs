using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Recovery;

/// <summary>What was dropped and its way back, protection, and rollback.</summary>
internal static class RecoveryEndpoints
{
    const string Table = "/api/tables/{ns}/{name}";
    const string Namespace = "/api/namespaces/{ns}";

    public static void MapRecovery(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/dropped", async (LakeView view, int? limit, Caller caller, IAccess access, DroppedStore store, WithheldMessages messages, CancellationToken cancellationToken) =>
        {
            var rights = await access.RightsAsync(caller, cancellationToken);
            var dropped = await store.ListAsync(view, ns: null, name: null, ApiBodies.Limit(limit, standard: 200), cancellationToken);
            var seen = dropped.Where(d => rights.May(Privilege.Describe, SecurableOf(d.Pointer), view.Branch)).ToList();
            var withheld = await messages.OfAsync(rights, view, seen.Select(d => d.Commit.Id), cancellationToken);
            var hidden = await access.WithHiddenAsync(caller, seen.Select(d => d.Pointer.TableId), cancellationToken);
            return Results.Json(new DroppedListBody([.. seen.Select(d => DroppedBody.Of(d, hidden.Contains(d.Pointer.TableId)) with
            {
                DroppedBy = CommitSummary.Of(d.Commit).Without(withheld),
                MayUndrop = rights.May(Privilege.Manage, SecurableOf(d.Pointer), view.Branch),
            })]));
        }).ForPrincipals();

        routes.MapGet("/api/purges", async (string? state, int? limit, Purger purger, Purges purges, CancellationToken cancellationToken) =>
        {
            await purger.FindLeftAsync(cancellationToken);
            return Results.Json(new PurgesBody(await purges.ListAsync(state, ApiBodies.Limit(limit, standard: 200), cancellationToken)));
        }).OnLake(Privilege.Describe);

        routes.MapPost(Table + "/undrop", (HttpContext context, string ns, string name, LakeView view, Caller caller, IAccess access, DroppedStore store, CancellationToken cancellationToken) =>
            UndropAsync(context, NameOf(ns, name), isNamespace: false, view, caller, access, store, cancellationToken)).ForPrincipals();
        routes.MapPost(Namespace + "/undrop", (HttpContext context, string ns, LakeView view, Caller caller, IAccess access, DroppedStore store, CancellationToken cancellationToken) =>
            UndropAsync(context, NamespaceName.ParseDotted(ns).AsEntry(), isNamespace: true, view, caller, access, store, cancellationToken)).ForPrincipals();

        routes.MapGet(Table + "/protection", async (string ns, string name, LakeView view, Caller caller, IAccess access, ProtectionStore store, CancellationToken cancellationToken) =>
        {
            var pointer = await store.FindAsync(view, NameOf(ns, name), isNamespace: false, cancellationToken);
            await access.DemandAsync(caller, Privilege.Describe, SecurableOf(pointer), view.Branch, cancellationToken);
            return Results.Json(await store.GetAsync(view, pointer, cancellationToken));
        }).ForPrincipals();
        routes.MapGet(Namespace + "/protection", async (string ns, LakeView view, Caller caller, IAccess access, ProtectionStore store, CancellationToken cancellationToken) =>
        {
            var pointer = await store.FindAsync(view, NamespaceName.ParseDotted(ns).AsEntry(), isNamespace: true, cancellationToken);
            await access.DemandAsync(caller, Privilege.Describe, SecurableOf(pointer), view.Branch, cancellationToken);
            return Results.Json(await store.GetAsync(view, pointer, cancellationToken));
        }).ForPrincipals();

        routes.MapPut(Table + "/protection", (HttpContext context, string ns, string name, LakeView view, Caller caller, IAccess access, ProtectionStore store, CancellationToken cancellationToken) =>
            ProtectAsync(context, NameOf(ns, name), isNamespace: false, view, caller, access, store, cancellationToken)).ForPrincipals();
        routes.MapPut(Namespace + "/protection", (HttpContext context, string ns, LakeView view, Caller caller, IAccess access, ProtectionStore store, CancellationToken cancellationToken) =>
            ProtectAsync(context, NamespaceName.ParseDotted(ns).AsEntry(), isNamespace: true, view, caller, access, store, cancellationToken)).ForPrincipals();

        routes.MapGet(Table + "/history", async (
            string ns, string name, long? before, int? limit, LakeView view, Caller caller, IAccess access, ProtectionStore things, TableHistory history, WithheldMessages messages, CancellationToken cancellationToken) =>
        {
            var pointer = await things.FindAsync(view, NameOf(ns, name), isNamespace: false, cancellationToken);
            await access.DemandAsync(caller, Privilege.Describe, SecurableOf(pointer), view.Branch, cancellationToken);
            var states = await history.ReadAsync(view, pointer.TableId, before, ApiBodies.Limit(limit), cancellationToken);
            var withheld = await messages.OfAsync(await access.RightsAsync(caller, cancellationToken), view, states.History.Select(s => s.Commit.Id), cancellationToken);
            var isHidden = await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not null;
            return Results.Json(states with { History = [.. states.History.Select(s => (isHidden ? s with { Rows = null, Files = null, Bytes = null } : s) with { Commit = s.Commit.Without(withheld) })] });
        }).ForPrincipals();

        routes.MapPost(Table + "/rollback", async (
            HttpContext context, string ns, string name, LakeView view, Caller caller, IAccess access, TableLookup lookup, Rollback rollback, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<RollbackRequest>(context.Request, cancellationToken);
            var table = NameOf(ns, name);
            var pointer = await lookup.GetAsync(view, table, cancellationToken);
            CheckedNames.Note(view, table, pointer.TableId);
            await access.DemandAsync(caller, body.DryRun ? Privilege.Describe : Privilege.Modify, SecurableOf(pointer), view.Branch, cancellationToken);

            // How many rows there were, and are, counts those that a filter hides.
            await access.RefuseRawAsync(caller, pointer, cancellationToken);
            return Results.Json(await rollback.RunAsync(view, table, body, Author.Of(context), cancellationToken));
        }).ForPrincipals();
    }

    static async Task<IResult> UndropAsync(
        HttpContext context, TableName name, bool isNamespace, LakeView view, Caller caller, IAccess access, DroppedStore store, CancellationToken cancellationToken)
    {
        var body = context.Request.ContentLength is 0 ? new UndropRequest(Id: null, As: null) : await ApiBodies.ReadAsync<UndropRequest>(context.Request, cancellationToken);
        TableName? target = body.As is { } text ? TargetOf(text, isNamespace) : null;
        async Task Demand(PointerRow pointer)
        {
            await access.DemandAsync(caller, Privilege.Manage, SecurableOf(pointer), view.Branch, cancellationToken);
            if (target is not { } other)
            {
                return;
            }

            await access.DemandAsync(caller, Privilege.Create, other.Namespace.Text.Length > 0 ? Securable.Namespace(other.Namespace) : Securable.Lake, view.Branch, cancellationToken);

            // Under another name it would be read by views, with the rights of whoever wrote them.
            await access.RefuseRawAsync(caller, pointer, cancellationToken);
        }

        var rights = await access.RightsAsync(caller, cancellationToken);
        bool MayKnow(PointerRow pointer) => rights.May(Privilege.Describe, SecurableOf(pointer), view.Branch);
        var (pointer, came, commit) = await store.UndropAsync(view, name, isNamespace, body.Id, target, MayKnow, Demand, Author.Of(context), cancellationToken);
        return Results.Json(new UndroppedBody(pointer.TableId, came.Namespace.Dotted, came.Name, commit));
    }

    static async Task<IResult> ProtectAsync(
        HttpContext context, TableName name, bool isNamespace, LakeView view, Caller caller, IAccess access, ProtectionStore store, CancellationToken cancellationToken)
    {
        var body = await ApiBodies.ReadAsync<ProtectRequest>(context.Request, cancellationToken);
        var wanted = body.Protected ?? throw CatalogErrors.BadRequest("protected is missing");
        var pointer = await store.FindAsync(view, name, isNamespace, cancellationToken);
        await access.DemandAsync(caller, Privilege.Manage, SecurableOf(pointer), view.Branch, cancellationToken);
        await store.SetAsync(pointer.TableId, wanted, Author.Of(context), cancellationToken);
        return Results.Json(await store.GetAsync(view, pointer, cancellationToken));
    }

    static TableName NameOf(string ns, string name) => TableName.Parse(NamespaceName.ParseDotted(ns), name);

    static TableName TargetOf(string text, bool isNamespace)
    {
        if (isNamespace)
        {
            return NamespaceName.ParseDotted(text).AsEntry();
        }

        return TableName.ParseDotted(text, "as");
    }

    static Securable SecurableOf(PointerRow pointer) => pointer.Kind == PointerKind.Namespace
        ? Securable.Namespace(NamespaceName.Within(pointer.Namespace, pointer.Name), pointer.Owner)
        : Securable.Object(TableLookup.NameOf(pointer), pointer.TableId, pointer.Owner, pointer.Kind == PointerKind.View);
}
