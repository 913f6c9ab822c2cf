using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>The Iceberg REST catalog, with the prefix <c>main</c> and without one.</summary>
internal static class IcebergEndpoints
{
    const string Root = "/iceberg/v1";

    public static void MapIceberg(this IEndpointRouteBuilder routes)
    {
        routes.MapConfig();
        foreach (var prefix in new[] { Root, $"{Root}/{BranchRow.Main}" })
        {
            var group = routes.MapGroup(prefix);
            group.MapNamespaces();
            group.MapTables();
            group.MapTransactions();
        }

        // Whoever asks for what the configuration does not list, views for instance, is told so in the form that clients understand.
        routes.Map(Root + "/{**rest}", IResult (HttpContext context) =>
            throw new ApiException(404, $"There is no route {context.Request.Method} {context.Request.Path} in this catalog.", "NoSuchRouteException"));
    }
}
