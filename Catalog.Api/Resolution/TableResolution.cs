using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Access.Policies;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Resolution;

/// <summary>
/// Answers, for the tables of one statement and one principal, where they lie and what of them may be seen. All are of one state of the lake, or of the states that the request names, which are found at one moment.
/// </summary>
internal sealed class TableResolution(
    PinnedViews views, TableLookup tables, IAccess access, AccessCache principals, ViewDefinitions definitions, PolicyTables policies, PastStates past)
{
    const int MaxTables = 1000;

    /// <exception cref="ApiException">400: malformed. 403: the principal is not known. 404: no such branch, tag or commit.</exception>
    public async Task<ResolveBody> ResolveAsync(ResolveRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Tables ?? [];
        if (wanted.Count > MaxTables)
        {
            throw CatalogErrors.BadRequest($"a statement names at most {MaxTables} tables, not {wanted.Count}");
        }

        var caller = await access.FindCallerAsync(ApiBodies.Required(request.Principal, "principal"), cancellationToken)
            ?? throw CatalogErrors.Forbidden($"The principal {NamespaceName.Shown(request.Principal)} is not known, or may not act any more.");
        var head = LakeRef.OfQuery(request.Branch, request.AsOf);
        var references = wanted.Select(table => string.IsNullOrEmpty(table.At) ? head : LakeRef.Parse(table.At)).ToList();
        var pinned = await views.ResolveAsync(references.Append(head).Distinct().ToList(), cancellationToken);
        await CheckAsync(caller, pinned.Values, cancellationToken);
        var entries = new EntryBody[wanted.Count];
        foreach (var group in Enumerable.Range(0, wanted.Count).GroupBy(i => references[i]))
        {
            await ResolveAsync(caller, pinned[group.Key], wanted, [.. group], entries, cancellationToken);
        }

        var state = pinned[head];
        return new ResolveBody(state.Text, state.View.Branch, state.View.HeadId, state.At, await PrincipalAsync(caller, cancellationToken), entries);
    }

    async Task<PrincipalBody> PrincipalAsync(Caller caller, CancellationToken cancellationToken) => new(
        caller.Name, caller.IsOperator, caller is { Id: null, IsOperator: true }, caller.Id is { } id && await principals.PrincipalAsync(id, cancellationToken) is { } state ? [.. state.Groups.Order(StringComparer.Ordinal)] : []);

    /// <summary>Who has no right on a branch does not learn that there is one. That <c>main</c> is there everybody knows.</summary>
    async Task CheckAsync(Caller caller, IEnumerable<PinnedView> states, CancellationToken cancellationToken)
    {
        var rights = await access.RightsAsync(caller, cancellationToken);
        if (states.FirstOrDefault(state => !state.View.IsMain && !rights.May(Privilege.Describe, Securable.Branch(state.View.Branch), state.View.Branch)) is { } unknown)
        {
            throw CatalogErrors.NoSuchBranch(unknown.View.Branch);
        }
    }

    async Task ResolveAsync(Caller caller, PinnedView state, IReadOnlyList<ResolveTable> wanted, IReadOnlyList<int> indexes, EntryBody[] entries, CancellationToken cancellationToken)
    {
        var names = indexes.Select(i => (Index: i, Exact: NameOf(wanted[i].Namespace, wanted[i].Name), Lower: NameOf(wanted[i].Namespace?.ToLowerInvariant(), wanted[i].Name?.ToLowerInvariant()))).ToList();
        var found = await tables.FindAsync(state.View, names.SelectMany(name => new[] { name.Exact, name.Lower }).OfType<TableName>().Distinct().ToList(), cancellationToken);
        foreach (var (i, exact, lower) in names)
        {
            // SQL names ignore case and the catalog's don't: as written, else in lower case.
            var pointer = (exact is { } name ? found.GetValueOrDefault(name) : null) ?? (lower is { } small ? found.GetValueOrDefault(small) : null);
            entries[i] = pointer is null ? Nothing(wanted[i], state) : await EntryAsync(caller, state, wanted[i], pointer, cancellationToken);
        }
    }

    /// <summary>No name that could be given, no table.</summary>
    static TableName? NameOf(string? space, string? name)
    {
        try
        {
            return TableName.Parse(NamespaceName.ParseDotted(space ?? ""), name);
        }
        catch (ApiException)
        {
            return null;
        }
    }

    async Task<EntryBody> EntryAsync(Caller caller, PinnedView state, ResolveTable wanted, PointerRow pointer, CancellationToken cancellationToken)
    {
        var name = TableLookup.NameOf(pointer);
        var entry = new EntryBody
        {
            Kind = pointer.Kind switch { PointerKind.View => EntryKind.View, PointerKind.Delta => EntryKind.Delta, _ => EntryKind.Table },
            Namespace = name.Namespace.Dotted,
            Name = name.Name,
            Ref = state.Text,
            Branch = state.View.Branch,
            Commit = state.View.HeadId,
            At = state.At,
        };
        try
        {
            await access.DemandAsync(caller, Privilege.Select, pointer.AsSecurable(), state.View.Branch, cancellationToken);
        }
        catch (ApiException denied) when (denied.Status == StatusCodes.Status403Forbidden)
        {
            return entry with { Denied = denied.Message };
        }
        catch (ApiException denied) when (denied.Status == StatusCodes.Status404NotFound)
        {
            return Nothing(wanted, state);
        }

        await past.DemandReadableAsync(state.View, pointer, cancellationToken);
        return entry with
        {
            TableId = pointer.TableId,
            MetadataLocation = pointer.Kind == PointerKind.Table ? pointer.MetadataLocation : null,
            Location = pointer.Kind == PointerKind.Delta ? pointer.Location : null,
            View = pointer.Kind == PointerKind.View ? await definitions.ReadAsync(pointer.MetadataLocation, Views.ViewDefiner.Of(pointer), cancellationToken) : null,
            Policy = await PolicyAsync(caller, pointer, cancellationToken),
        };
    }

    /// <summary>A policy names the columns that its table has today, on main if it is there: an earlier state may have called them otherwise.</summary>
    async Task<PolicyBody?> PolicyAsync(Caller caller, PointerRow pointer, CancellationToken cancellationToken)
    {
        if (await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not { } policy)
        {
            return null;
        }

        var today = await policies.TodayAsync(pointer, cancellationToken);
        var rules = new List<RuleBody>();
        foreach (var one in policy.Policies)
        {
            var fields = one.Fields ?? (pointer.Kind == PointerKind.Table ? await policies.FindFieldsAsync(pointer.TableId, one.Name, one.Version, one.RowFilter, one.Masks, today, cancellationToken) : null);
            rules.Add(RuleBody.Of(one with { Fields = fields }));
        }

        return new PolicyBody(rules, pointer.Kind == PointerKind.Table ? today.MetadataLocation : null);
    }

    static EntryBody Nothing(ResolveTable wanted, PinnedView state) =>
        new() { Kind = EntryKind.None, Namespace = wanted.Namespace ?? "", Name = wanted.Name ?? "", Ref = state.Text, Branch = state.View.Branch, Commit = state.View.HeadId };
}
