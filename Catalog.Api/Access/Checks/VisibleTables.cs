using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>Which of the tables that something tells of by their names alone, as pipelines and upkeep do, a caller may know of on <c>main</c>.</summary>
internal sealed class VisibleTables(TableLookup lookup, LakeViews views, IAccess access)
{
    /// <summary>Looks some names up, all at once.</summary>
    public async Task<TableSight> OfAsync(Caller caller, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var rights = await access.RightsAsync(caller, cancellationToken);
        if (rights.MayEverywhere(Privilege.Describe, BranchRow.Main))
        {
            return TableSight.Everything;
        }

        // What is not there is seen by whoever may see what would be.
        var asked = names.Distinct(StringComparer.Ordinal).ToLookup(NameOf);
        var found = asked.Count == 0 ? [] : await lookup.FindAsync(await views.MainAsync(cancellationToken), [.. asked.Select(a => a.Key)], cancellationToken);
        return new TableSight(asked.Where(a => rights.May(
            Privilege.Describe,
            found.TryGetValue(a.Key, out var pointer) ? pointer.AsSecurable() : Securable.Object(a.Key, Guid.Empty, owner: null),
            BranchRow.Main)).SelectMany(a => a).ToHashSet(StringComparer.Ordinal));
    }

    static TableName NameOf(string name) =>
        DottedName.TrySplit(name, out var parts) && parts.Length > 1 ? new(NamespaceName.FromDatabase(string.Join(NamespaceName.Separator, parts[..^1])), parts[^1]) : new(NamespaceName.FromDatabase(""), name);
}

/// <summary>Tables, by their full names, that somebody may know of.</summary>
/// <param name="Names">Null: all there are.</param>
internal sealed record TableSight(IReadOnlySet<string>? Names)
{
    public static TableSight Everything { get; } = new(Names: null);

    public bool IsWhole => Names is null;

    public bool Shows(string name) => Names is null || Names.Contains(name);
}
