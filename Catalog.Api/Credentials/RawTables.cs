using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Credentials;

/// <summary>Tables whose files are handed out as they are: to who may read all of them.</summary>
internal sealed class RawTables(TableLookup lookup, IAccess access)
{
    /// <summary>The table, if the caller may read it raw.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">404: there is none that the caller may know of. 403: the caller may not read it, or not all of it.</exception>
    public async Task<PointerRow> ReadableAsync(LakeView view, TableName name, Caller caller, CancellationToken cancellationToken)
    {
        var pointer = await lookup.GetAsync(view, name, cancellationToken);
        await access.DemandAsync(caller, Privilege.Select, Of(pointer), view.Branch, cancellationToken);
        await DemandWholeAsync(caller, name, pointer.TableId, cancellationToken);
        return pointer;
    }

    /// <summary>Refuses somebody who sees only some rows of a table, or masked columns.</summary>
    public async Task DemandWholeAsync(Caller caller, TableName name, Guid tableId, CancellationToken cancellationToken)
    {
        if (await access.PolicyAsync(caller, tableId, cancellationToken) is not null)
        {
            throw CatalogErrors.Forbidden($"{name} has a row filter or masks that hold for you: read it by SQL, its files are not handed out.");
        }
    }

    /// <summary>A pointer as something that rights are held on.</summary>
    public static Securable Of(PointerRow pointer) => Securable.Object(TableLookup.NameOf(pointer), pointer.TableId, pointer.Owner);
}
