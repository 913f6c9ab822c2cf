using System.Buffers;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>What a caller must be allowed for a commit, by what it changes.</summary>
internal sealed class CommitRights(IAccess access, TableLookup lookup, WarehouseLocations locations, IObjectStore store)
{
    const string AppendOperation = "append";

    /// <summary>Length of a table's id in the name of its folder.</summary>
    const int IdLength = 12;

    static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>Demands what the changes need, of all before any is made.</summary>
    public async Task DemandAsync(Caller caller, LakeView view, IReadOnlyList<TableChangeRequest> changes, CancellationToken cancellationToken)
    {
        if (caller.IsService)
        {
            return;
        }

        var pointers = caller.Id is null || changes.Count == 0 ? [] : await lookup.FindAsync(view, changes.Select(c => c.Table).ToList(), cancellationToken);
        foreach (var change in changes)
        {
            var pointer = pointers.GetValueOrDefault(change.Table);
            if (caller.Id is not null)
            {
                CheckedNames.Note(view, change.Table, pointer?.TableId);
            }

            if (pointer is null && change.Requirements.Any(r => r is AssertCreate))
            {
                await DemandCreateAsync(caller, view, change.Table.Namespace, cancellationToken);
                await DemandPathsAsync(caller, view, change, location: null, cancellationToken);
                continue;
            }

            if (caller.Id is not null && pointer is null)
            {
                throw CatalogErrors.NoSuchTable(change.Table);
            }

            var securable = Securable.Object(change.Table, pointer?.TableId ?? Guid.Empty, pointer?.Owner);
            foreach (var privilege in NeededBy(change))
            {
                await access.DemandAsync(caller, privilege, securable, view, cancellationToken);
            }

            if (pointer is not null)
            {
                // The answer of a commit is the table's metadata as it is stored.
                await access.RefuseRawAsync(caller, pointer, cancellationToken);
                await DemandPathsAsync(caller, view, change, pointer.Location, cancellationToken);
            }
        }
    }

    /// <summary>Demands that the caller may make something in a namespace.</summary>
    public async Task DemandCreateAsync(Caller caller, LakeView view, NamespaceName space, CancellationToken cancellationToken)
    {
        var owner = caller.IsOperator ? null : (await lookup.FindNamespaceAsync(view, space, cancellationToken))?.Owner;
        await access.DemandAsync(caller, Privilege.Create, Securable.Namespace(space, owner), view, cancellationToken);
    }

    /// <summary>Demands that the caller may make a namespace within another one, or at the top.</summary>
    public Task DemandCreateWithinAsync(Caller caller, LakeView view, NamespaceName? around, CancellationToken cancellationToken) => around is { } space
        ? DemandCreateAsync(caller, view, space, cancellationToken)
        : access.DemandAsync(caller, Privilege.Create, Securable.Lake, view, cancellationToken);

    /// <summary>Demands that a new table may lie where it is wished to.</summary>
    public Task DemandPlaceAsync(Caller caller, LakeView view, TableName name, string? location, IReadOnlyDictionary<string, string>? properties, CancellationToken cancellationToken)
    {
        List<TableUpdate> updates = [];
        if (location is not null)
        {
            updates.Add(new SetLocation(location));
        }

        if (properties is not null)
        {
            updates.Add(new SetProperties(properties));
        }

        return DemandPathsAsync(caller, view, new TableChangeRequest(name, [], updates), location: null, cancellationToken);
    }

    /// <summary>Demands that a view's files may lie where a change of it puts them.</summary>
    public async Task DemandPlaceAsync(Caller caller, LakeView view, TableName name, IReadOnlyList<IViewUpdate> updates, CancellationToken cancellationToken)
    {
        if (!caller.IsOperator && await lookup.FindAsync(view, name, cancellationToken) is { } pointer)
        {
            CheckedNames.Note(view, name, pointer.TableId);
            await DemandPathsAsync(caller, view, new TableChangeRequest(name, [], updates.OfType<TableUpdate>().ToList()), pointer.Location, cancellationToken);
        }
    }

    /// <summary>Demands that the caller may take a name from something and give it another.</summary>
    public async Task DemandRenameAsync(Caller caller, LakeView view, TableName from, TableName to, bool isView, CancellationToken cancellationToken)
    {
        if (caller.IsService)
        {
            return;
        }

        var pointer = caller.Id is null ? null : await lookup.FindAsync(view, from, cancellationToken) ?? throw (isView ? CatalogErrors.NoSuchView(from) : CatalogErrors.NoSuchTable(from));
        await access.DemandAsync(caller, Privilege.Manage, Securable.Object(from, pointer?.TableId ?? Guid.Empty, pointer?.Owner, isView), view, cancellationToken);
        if (pointer is not null)
        {
            CheckedNames.Note(view, from, pointer.TableId);

            // Under another name it would be read by views, with the rights of whoever wrote them: none may be led to what a filter hides from the caller.
            await access.RefuseRawAsync(caller, pointer, cancellationToken);
        }

        if (from.Namespace != to.Namespace)
        {
            await DemandCreateAsync(caller, view, to.Namespace, cancellationToken);
        }
    }

    /// <summary>Positions of sources are common to all: principals have those whose scope begins with their name and a slash, and speak for no run.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">403: they are others'.</exception>
    public static void DemandOwnPositions(Caller caller, CommitRequest request)
    {
        if (!caller.IsOperator && request.Lineage is not null)
        {
            throw CatalogErrors.Forbidden($"{caller.Name} may not commit lineage with tables: report it to /api/lineage.");
        }

        var scopes = request.Cursors.Select(c => c.Scope).Concat(request.Items.Select(i => i.Scope));
        if (!caller.IsOperator && (request.RunId is not null || scopes.Any(scope => !scope.StartsWith(caller.Name + "/", StringComparison.Ordinal))))
        {
            throw CatalogErrors.Forbidden($"{caller.Name} may move source positions only in scopes that begin with '{caller.Name}/', and speaks for no run.");
        }
    }

    /// <summary>
    /// Who may only add rows adds a snapshot to the one that is current, and nothing else. Expiring snapshots and other upkeep is modifying: what is read later is another thing.
    /// Whether a change that looks so really only adds is known once it was applied (<see cref="FilesOf"/>).
    /// </summary>
    public static IReadOnlyList<Privilege> NeededBy(TableChangeRequest change)
    {
        var added = change.Updates.OfType<AddSnapshot>().Select(a => a.Snapshot).ToDictionary(s => s.SnapshotId);
        var appends = change.Updates.All(update => update switch
        {
            AddSnapshot { Snapshot.Operation: AppendOperation } => true,
            SetSnapshotRef set => added.TryGetValue(set.Reference.SnapshotId, out var snapshot)
                && change.Requirements.OfType<AssertRefSnapshotId>().Any(r => r.Ref == set.RefName && r.SnapshotId == snapshot.ParentSnapshotId),
            SetStatistics set => added.ContainsKey(set.Statistics.SnapshotId),
            SetPartitionStatistics set => added.ContainsKey(set.PartitionStatistics.SnapshotId),
            _ => false,
        });
        return change.Updates.Count == 0 ? [Privilege.Describe] : appends ? [Privilege.Append] : [Privilege.Modify];
    }

    /// <summary>Demands what a change needs once the table is known: by the files that it names, and by what becomes of the table's references; null for who may do everything.</summary>
    public Func<TableChangeRequest, TableMetadata?, TableMetadata, CancellationToken, Task>? FilesOf(Caller caller, LakeView view) => caller.IsOperator ? null : async (change, before, after, cancellationToken) =>
    {
        var fault = await CommitFiles.FaultAsync(store, change, before, after, cancellationToken);
        if (fault.HasFlag(CommitFilesFault.Outside))
        {
            await access.DemandAsync(caller, Privilege.Manage, Securable.Lake, view, cancellationToken);
        }

        if (before is not null && NeededBy(change) is [Privilege.Append] && (fault.HasFlag(CommitFilesFault.Changes) || !AppendRule.Holds(before, after)))
        {
            var pointer = await lookup.GetAsync(view, change.Table, cancellationToken);
            await access.DemandAsync(caller, Privilege.Modify, pointer.AsSecurable(), view, cancellationToken);
        }
    };

    /// <summary>
    /// Whoever commits names files, and those who read the table later, services among them, open what it named: it must lie within the table. And a table lies where the catalog puts it,
    /// since whoever chooses its location chooses whose files it reads. Both may be done by who manages the lake.
    /// </summary>
    async Task DemandPathsAsync(Caller caller, LakeView view, TableChangeRequest change, string? location, CancellationToken cancellationToken)
    {
        if (caller.IsOperator)
        {
            return;
        }

        // A new table's folder ends with its id, which may not be known yet: after the name comes that and nothing else, or it could be the folder of a table with a longer name.
        var start = locations.ForNewTable(change.Table, Guid.Empty)[..^IdLength];
        bool IsNew(string folder) => folder.Length == start.Length + IdLength && folder.StartsWith(start, StringComparison.Ordinal) && folder.AsSpan(start.Length).IndexOfAnyExcept(Hexadecimal) < 0;

        // And all that it names lies in the one folder that it says, which no other table has.
        var place = location ?? (change.Updates.OfType<SetLocation>().LastOrDefault() is { } said ? locations.Inside(said.Location) : null);
        bool IsWithin(string? path) => path is null || (place is not null && locations.Inside(path).StartsWith(place.TrimEnd('/') + "/", StringComparison.Ordinal));
        var outside = !change.Updates.All(update => update switch
        {
            SetLocation => location is null && place is not null && IsNew(place.TrimEnd('/')),
            AddSnapshot add => IsWithin(add.Snapshot.ManifestList) && (add.Snapshot.Manifests ?? []).All(IsWithin),
            SetStatistics set => IsWithin(set.Statistics.StatisticsPath),
            SetPartitionStatistics set => IsWithin(set.PartitionStatistics.StatisticsPath),
            SetProperties set => WarehouseLocations.Properties.All(name => IsWithin(set.Updates.GetValueOrDefault(name))),
            _ => true,
        });
        if (outside)
        {
            await access.DemandAsync(caller, Privilege.Manage, Securable.Lake, view, cancellationToken);
        }
    }
}
