using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>
/// What a caller must be allowed for an endpoint to be entered, said where it is mapped. An endpoint that says nothing is closed to everybody but services, the operator and administrators.
/// The endpoint's own parameters are what is looked at: the <see cref="LakeView"/> that it was bound to, and the names in its route.
/// </summary>
internal static class EndpointRights
{
    /// <summary>The caller must have a privilege on the lake as a whole, on the branch that is asked for.</summary>
    public static RouteHandlerBuilder OnLake(this RouteHandlerBuilder endpoint, Privilege privilege) => endpoint.Demands((context, access, view, caller, cancellationToken) =>
        access.DemandAsync(caller, privilege, Securable.Lake, view?.Branch ?? BranchRow.Main, cancellationToken));

    /// <summary>The caller must have a privilege on the namespace in the route.</summary>
    public static RouteHandlerBuilder OnNamespace(this RouteHandlerBuilder endpoint, Privilege privilege) => endpoint.Demands(async (context, access, view, caller, cancellationToken) =>
    {
        var name = NamespaceOf(context);
        var pointer = caller.IsOperator ? null : await Lookup(context).FindNamespaceAsync(view!, name, cancellationToken);
        if (pointer is not null)
        {
            CheckedNames.Note(view!, name, pointer.TableId);
        }

        await access.DemandAsync(caller, privilege, Securable.Namespace(name, pointer?.Owner), view!, cancellationToken);
    });

    /// <summary>The caller must have a privilege on the table in the route; for whom a row filter or mask binds, it is closed if it shows what lies in files.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="privilege">The privilege; null: to read or to add rows, one of both.</param>
    /// <param name="raw">Whether it hands out metadata, files, or figures of their contents.</param>
    public static RouteHandlerBuilder OnTable(this RouteHandlerBuilder endpoint, Privilege? privilege, bool raw = false) => endpoint.Demands((context, access, view, caller, cancellationToken) =>
        ObjectAsync(context, access, view!, caller, privilege, raw, isView: false, cancellationToken));

    /// <summary>The caller must have a privilege on the view in the route.</summary>
    public static RouteHandlerBuilder OnView(this RouteHandlerBuilder endpoint, Privilege privilege) => endpoint.Demands((context, access, view, caller, cancellationToken) =>
        ObjectAsync(context, access, view!, caller, privilege, raw: false, isView: true, cancellationToken));

    static RouteHandlerBuilder Demands(this RouteHandlerBuilder endpoint, Func<HttpContext, IAccess, LakeView?, Caller, CancellationToken, Task> demand) =>
        endpoint.ForPrincipals().AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var view = invocation.Arguments.OfType<LakeView>().FirstOrDefault();
            var caller = Caller.Of(context);
            if (!caller.IsService)
            {
                await demand(context, context.RequestServices.GetRequiredService<IAccess>(), view, caller, context.RequestAborted);
            }

            return await next(invocation);
        });

    static async Task ObjectAsync(HttpContext context, IAccess access, LakeView view, Caller caller, Privilege? privilege, bool raw, bool isView, CancellationToken cancellationToken)
    {
        var name = TableName.Parse(NamespaceOf(context), RouteText(context, "table") ?? RouteText(context, "view") ?? RouteText(context, "name"));
        if (caller is { IsOperator: true, Id: null })
        {
            await access.DemandAsync(caller, privilege ?? Privilege.Select, Securable.Object(name, Guid.Empty, owner: null, isView), view, cancellationToken);
            return;
        }

        if (await Lookup(context).FindAsync(view, name, cancellationToken) is not { } pointer)
        {
            throw isView ? CatalogErrors.NoSuchView(name) : CatalogErrors.NoSuchTable(name);
        }

        CheckedNames.Note(view, name, pointer.TableId);

        // Whoever may not know of a view gets the answer of the route where it is asked for, whatever it is.
        var securable = Securable.Object(name, pointer.TableId, pointer.Owner, isView);
        var wanted = privilege ?? (await access.MayAsync(caller, Privilege.Append, securable, view, cancellationToken) ? Privilege.Append : Privilege.Select);
        await access.DemandAsync(caller, wanted, securable, view, cancellationToken);
        if (raw)
        {
            await access.RefuseRawAsync(caller, pointer, cancellationToken);
        }
    }

    static NamespaceName NamespaceOf(HttpContext context)
    {
        var text = RouteText(context, "ns") ?? throw new InvalidOperationException("The route has no namespace.");
        return context.Request.Path.StartsWithSegments(ErrorResponses.IcebergPrefix, StringComparison.Ordinal) ? NamespaceName.ParseRoute(text) : NamespaceName.ParseDotted(text);
    }

    static string? RouteText(HttpContext context, string name) => context.Request.RouteValues.TryGetValue(name, out var value) ? (string?)value : null;

    static TableLookup Lookup(HttpContext context) => context.RequestServices.GetRequiredService<TableLookup>();
}
