using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Views;

/// <summary>Finds views.</summary>
internal static class ViewLookup
{
    /// <summary>The pointer of a view.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">404 when there is none, whatever else has the name.</exception>
    public static async Task<PointerRow> GetViewAsync(this TableLookup lookup, LakeView view, TableName name, CancellationToken cancellationToken) =>
        await lookup.FindAsync(view, name, cancellationToken) is { Kind: PointerKind.View } pointer ? pointer : throw CatalogErrors.NoSuchView(name);
}
