using LakeAspire.Catalog.Views;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Planning;
using LakeAspire.Catalog.Signing;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>The Iceberg REST catalog: a prefix names the state of the lake, none is <c>main</c>.</summary>
internal static class IcebergEndpoints
{
    const string Root = ServedRoutes.Root;

    public static void MapIceberg(this IEndpointRouteBuilder routes)
    {
        routes.MapConfig();
        routes.MapOlderSigning();
        foreach (var prefix in new[] { Root, Root + "/{prefix}" })
        {
            var group = routes.MapGroup(prefix);
            group.MapNamespaces();
            group.MapTables();
            group.MapViews();
            group.MapTransactions();
            group.MapPlanning();
            group.MapSigning();
            group.MapCredentials();
        }
    }
}
