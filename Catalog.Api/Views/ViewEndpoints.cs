using System.Text.Json;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Idempotency;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Views;

/// <summary>Views of Iceberg REST.</summary>
internal static class ViewEndpoints
{
    const string Views = "/namespaces/{ns}/views";
    const string View = "/namespaces/{ns}/views/{name}";

    public static void MapViews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Views, ListAsync).OnNamespace(Privilege.Describe);
        routes.MapPost(Views, CreateAsync).OnNamespace(Privilege.Create).Idempotent(AnswerForm.View);
        routes.MapGet(View, LoadAsync).OnView(Privilege.Describe);
        routes.MapMethods(View, [HttpMethods.Head], async (string ns, string name, LakeView view, TableLookup lookup, CancellationToken cancellationToken) =>
        {
            await lookup.GetViewAsync(view, NameOf(ns, name), cancellationToken);
            return Results.NoContent();
        }).OnView(Privilege.Describe);
        routes.MapPost(View, CommitAsync).OnView(Privilege.Modify).Idempotent(AnswerForm.View);
        routes.MapDelete(View, async (HttpContext context, string ns, string name, LakeView view, ViewStore store, CancellationToken cancellationToken) =>
        {
            await store.DropAsync(view, NameOf(ns, name), Author.Of(context), cancellationToken);
            return Results.NoContent();
        }).OnView(Privilege.Manage).Idempotent();
        routes.MapPost("/namespaces/{ns}/register-view", RegisterAsync).OnLake(Privilege.Manage).Idempotent(AnswerForm.View);
        routes.MapPost("/views/rename", async (HttpContext context, LakeView view, Caller caller, ViewStore store, CommitRights rights, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<RenameTableRequest>(context.Request, cancellationToken);
            var from = (body.Source ?? throw CatalogErrors.BadRequest("source is missing")).Parse();
            var to = (body.Destination ?? throw CatalogErrors.BadRequest("destination is missing")).Parse();
            await rights.DemandRenameAsync(caller, view, from, to, isView: true, cancellationToken);
            await store.RenameAsync(view, from, to, Author.Of(context), cancellationToken);
            return Results.NoContent();
        }).ForPrincipals().Idempotent();
    }

    static TableName NameOf(string ns, string name) => TableName.Parse(NamespaceName.ParseRoute(ns), name);

    static async Task<IResult> ListAsync(string ns, Pages.Page page, LakeView view, Caller caller, TableLookup lookup, VisibleNames visible, CancellationToken cancellationToken)
    {
        var name = NamespaceName.ParseRoute(ns);
        if (!await lookup.NamespaceExistsAsync(view, name, cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(name);
        }

        var (names, next) = page.Cut(await visible.ListAsync(caller, view, name.Text, PointerKind.View, page, cancellationToken));
        return Results.Json(new ListTablesResponse(names.Select(n => new TableIdentifierBody(name.Levels, n)).ToList(), next), IcebergBodies.Json);
    }

    static async Task CreateAsync(HttpContext context, string ns, LakeView view, Caller caller, ViewStore store, CommitRights rights, CancellationToken cancellationToken)
    {
        var body = await IcebergBodies.ReadAsync<CreateViewRequest>(context.Request, cancellationToken);
        var name = NameOf(ns, body.Name ?? "");
        await rights.DemandPlaceAsync(caller, view, name, body.Location, body.Properties, cancellationToken);
        await WriteAsync(context, await store.CreateAsync(view, name, body, Author.Of(context), cancellationToken));
    }

    static async Task LoadAsync(HttpContext context, string ns, string name, LakeView view, TableLookup lookup, MetadataFiles files, CancellationToken cancellationToken)
    {
        var pointer = await lookup.GetViewAsync(view, NameOf(ns, name), cancellationToken);
        CheckedNames.Demand(view, NameOf(ns, name), pointer.TableId);
        await WriteAsync(context, new CommittedView(CommitId: null, pointer.MetadataLocation, await files.ReadViewAsync(pointer.MetadataLocation, cancellationToken)));
    }

    static async Task CommitAsync(HttpContext context, string ns, string name, LakeView view, Caller caller, ViewCommitter committer, CommitRights rights, IdempotencyKeys keys, CancellationToken cancellationToken)
    {
        var body = await IcebergBodies.ReadAsync<CommitViewRequest>(context.Request, cancellationToken);
        var meant = NameOf(ns, name);
        if (body.Identifier is { } identifier && identifier.Parse() != meant)
        {
            throw CatalogErrors.BadRequest("identifier is not the view of the route");
        }

        var (requirements, updates) = MetadataRequests.ViewChange(body);
        await rights.DemandPlaceAsync(caller, view, meant, updates, cancellationToken);
        var committed = await committer.CommitAsync(view, meant, requirements, updates, Author.Of(context), cancellationToken);
        if (committed.CommitId is null)
        {
            await keys.TakeAsync(KeptAnswers.Unchanged(committed.MetadataLocation));
        }

        await WriteAsync(context, committed);
    }

    static async Task RegisterAsync(HttpContext context, string ns, LakeView view, ViewStore store, CancellationToken cancellationToken)
    {
        var body = await IcebergBodies.ReadAsync<RegisterViewRequest>(context.Request, cancellationToken);
        await WriteAsync(context, await store.RegisterAsync(view, NameOf(ns, body.Name ?? ""), body, Author.Of(context), cancellationToken));
    }

    /// <summary>LoadViewResult.</summary>
    public static async Task WriteAsync(HttpContext context, CommittedView view)
    {
        CommitHeader.Set(context, view.CommitId);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("metadata-location", view.MetadataLocation);
        json.WritePropertyName("metadata");
        ViewMetadataJson.Write(json, view.Metadata);
        json.WriteStartObject("config");
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
