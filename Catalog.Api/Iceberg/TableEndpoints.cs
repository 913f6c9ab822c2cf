using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Idempotency;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Metrics;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Tables of Iceberg REST.</summary>
internal static class TableEndpoints
{
    const string Tables = "/namespaces/{ns}/tables";
    const string Table = "/namespaces/{ns}/tables/{table}";

    public static void MapTables(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Tables, ListAsync).OnNamespace(Privilege.Describe);
        routes.MapPost(Tables, CreateAsync).OnNamespace(Privilege.Create).Idempotent(AnswerForm.Table);
        routes.MapGet(Table, LoadAsync).OnTable(null, raw: true);
        routes.MapMethods(Table, [HttpMethods.Head], async (string ns, string table, LakeView view, TableLookup lookup, CancellationToken cancellationToken) =>
        {
            await lookup.GetAsync(view, NameOf(ns, table), cancellationToken);
            return Results.NoContent();
        }).OnTable(Privilege.Describe);
        routes.MapPost(Table, CommitAsync).ForPrincipals().Idempotent(AnswerForm.CommittedTable);
        routes.MapDelete(Table, async (HttpContext context, string ns, string table, bool? purgeRequested, LakeView view, TableStore store, CancellationToken cancellationToken) =>
        {
            await store.DropAsync(view, NameOf(ns, table), purgeRequested ?? false, Author.Of(context), cancellationToken);
            return Results.NoContent();
        }).OnTable(Privilege.Manage).Idempotent();

        // Whoever names a metadata file chooses whose files are read.
        routes.MapPost("/namespaces/{ns}/register", RegisterAsync).OnLake(Privilege.Manage).Idempotent(AnswerForm.Table);
        routes.MapPost(Table + "/unregister", async (HttpContext context, string ns, string table, LakeView view, TableStore store, CancellationToken cancellationToken) =>
        {
            var last = await store.UnregisterAsync(view, NameOf(ns, table), Author.Of(context), cancellationToken);
            await TableResponses.WriteAsync(context, last.MetadataLocation, last.Metadata, isCommit: true);
        }).OnTable(Privilege.Manage, raw: true).Idempotent(AnswerForm.CommittedTable);
        routes.MapPost("/tables/rename", async (HttpContext context, LakeView view, Caller caller, TableStore store, CommitRights rights, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<RenameTableRequest>(context.Request, cancellationToken);
            var from = (body.Source ?? throw CatalogErrors.BadRequest("source is missing")).Parse();
            var to = (body.Destination ?? throw CatalogErrors.BadRequest("destination is missing")).Parse();
            await rights.DemandRenameAsync(caller, view, from, to, isView: false, cancellationToken);
            await store.RenameAsync(view, from, to, Author.Of(context), cancellationToken);
            return Results.NoContent();
        }).ForPrincipals().Idempotent();
        routes.MapMetricsReports();
    }

    static TableName NameOf(string ns, string table) => TableName.Parse(NamespaceName.ParseRoute(ns), table);

    static async Task<IResult> ListAsync(string ns, Pages.Page page, LakeView view, Caller caller, TableLookup lookup, VisibleNames visible, CancellationToken cancellationToken)
    {
        var name = NamespaceName.ParseRoute(ns);
        if (!await lookup.NamespaceExistsAsync(view, name, cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(name);
        }

        var found = await visible.ListAsync(caller, view, name.Text, PointerKind.Table, page, cancellationToken);
        var (names, next) = page.Cut(found);
        return Results.Json(new ListTablesResponse(names.Select(n => new TableIdentifierBody(name.Levels, n)).ToList(), next), IcebergBodies.Json);
    }

    static async Task CreateAsync(
        HttpContext context, string ns, LakeView view, Caller caller, TableStore store, CommitRights rights, TableLookup lookup, Delegations delegations, IdempotencyKeys keys, CancellationToken cancellationToken)
    {
        var body = await IcebergBodies.ReadAsync<CreateTableRequest>(context.Request, cancellationToken);
        var name = NameOf(ns, body.Name ?? "");
        await rights.DemandPlaceAsync(caller, view, name, body.Location, body.Properties, cancellationToken);
        if (body.StageCreate)
        {
            var staged = await store.StageAsync(view, name, body, cancellationToken);
            await keys.TakeAsync(KeptAnswers.Staged(staged));
            await TableResponses.WriteAsync(context, metadataLocation: null, staged, delegation: () => Task.FromResult(delegations.OfStaged(context, view, name, staged)));
            return;
        }

        var created = await store.CreateAsync(view, name, body, Author.Of(context), cancellationToken);
        var pointer = await lookup.GetAsync(view, name, cancellationToken);
        await TableResponses.WriteAsync(
            context, created.MetadataLocation, created.Metadata, delegation: () => delegations.OfAsync(context, view, pointer, created.Metadata, cancellationToken));
    }

    static async Task LoadAsync(HttpContext context, string ns, string table, string? snapshots, LakeView view, TableLookup lookup, MetadataFiles files, Delegations delegations, PastStates past, CancellationToken cancellationToken)
    {
        if (snapshots is not (null or "" or "all" or "refs"))
        {
            throw CatalogErrors.BadRequest("snapshots must be 'all' or 'refs'");
        }

        var pointer = await lookup.GetAsync(view, NameOf(ns, table), cancellationToken);
        await past.DemandReadableAsync(view, pointer, cancellationToken);
        var metadata = await files.ReadAsync(pointer.MetadataLocation, cancellationToken);
        await TableResponses.WriteAsync(
            context, pointer.MetadataLocation, metadata, refsOnly: snapshots == "refs", delegation: () => delegations.OfAsync(context, view, pointer, metadata, cancellationToken));
    }

    static async Task CommitAsync(HttpContext context, string ns, string table, LakeView view, Caller caller, TableCommitter committer, CommitRights rights, IdempotencyKeys keys, CancellationToken cancellationToken)
    {
        var body = await IcebergBodies.ReadAsync<CommitTableRequest>(context.Request, cancellationToken);
        var name = NameOf(ns, table);
        if (body.Identifier is { } identifier && identifier.Parse() != name)
        {
            throw CatalogErrors.BadRequest("identifier is not the table of the route");
        }

        var change = MetadataRequests.Change(name, body);
        await rights.DemandAsync(caller, view, [change], cancellationToken);
        var committed = await committer.CommitAsync([change], new CommitRequest { View = view, Owner = Author.Of(context), DemandFiles = rights.FilesOf(caller, view), PassesProtection = RowsKept.By(context, [change]), Author = Author.Of(context), Message = CommitMessages.Of([change]) }, cancellationToken);
        if (committed.CommitId is null)
        {
            await keys.TakeAsync(KeptAnswers.Unchanged(committed.Tables[0].MetadataLocation));
        }

        CommitHeader.Set(context, committed.CommitId);
        await TableResponses.WriteAsync(context, committed.Tables[0].MetadataLocation, committed.Tables[0].Metadata, isCommit: true);
    }

    static async Task RegisterAsync(HttpContext context, string ns, LakeView view, TableStore store, CancellationToken cancellationToken)
    {
        var body = await IcebergBodies.ReadAsync<RegisterTableRequest>(context.Request, cancellationToken);
        var registered = await store.RegisterAsync(view, NameOf(ns, body.Name ?? ""), body, Author.Of(context), cancellationToken);
        await TableResponses.WriteAsync(context, registered.MetadataLocation, registered.Metadata);
    }
}
