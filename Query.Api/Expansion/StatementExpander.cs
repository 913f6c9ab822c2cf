using LakeAspire.Query.Parsing;
using LakeAspire.Query.Policies;
using LakeAspire.Query.Resolution;
using LakeAspire.Query.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Engine;
using Lakehouse.Tables;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Expansion;

/// <summary>
/// Finds everything that a statement reads: its tables, with what the caller may see of them, and its views, whose own tables are read with the rights of whoever wrote them. The heads of branches are looked up
/// once, in one call; whatever follows is asked for at the commits that this call found.
/// </summary>
internal sealed class StatementExpander(CatalogResolution catalog, SqlParser parser, TrustedEngine engine, RelationOpener opener, IOptions<QueryOptions> options)
{
    /// <exception cref="ApiException">A table does not exist, may not be read, or cannot be read.</exception>
    public async Task<ExpandedStatement> ExpandAsync(ParsedQuery query, QueryScope scope, CancellationToken cancellationToken)
    {
        var work = new Work(scope);
        try
        {
            var (head, caller, tables) = await HeadAsync(query, work, cancellationToken);
            foreach (var relation in tables.Values)
            {
                work.Show(relation);
            }

            var sql = query.Sql;
            if (!query.RunsAsWritten || tables.Any(table => !IsPlain(table.Key.Table, table.Value.Name)))
            {
                using var connection = engine.Connect();
                sql = await query.RewriteAsync(connection, reference => tables[reference].Name, caller, cancellationToken);
            }

            return new ExpandedStatement(head, caller, work.Relations, sql, query.IsExplain);
        }
        catch
        {
            work.Dispose();
            throw;
        }
    }

    async Task<(ResolveResponse Head, QueryCaller Caller, Dictionary<TableReference, LakeRelation> Tables)> HeadAsync(ParsedQuery query, Work work, CancellationToken cancellationToken)
    {
        var scope = work.Scope;
        var wanted = query.References.Select(reference => new ResolveTable(reference.Table.Namespace, reference.Table.Name, At(reference.Version, scope.BranchName, pinned: null))).ToList();
        var head = await catalog.ResolveAsync(new ResolveRequest(scope.Branch, scope.AsOf, scope.Principal, wanted, "query"), cancellationToken);
        var caller = new QueryCaller(head.Principal.Name, head.Principal.Groups, head.Principal.IsOperator, head.Principal.SeesAll);
        work.Begin(head.Ref, head.At, caller);
        return (head, caller, await OpenAsync(query.References, head.Tables, new Reader(caller.Name, []), work, cancellationToken));
    }

    /// <summary>What a list of references stands for, once the catalog has answered.</summary>
    async Task<Dictionary<TableReference, LakeRelation>> OpenAsync(IReadOnlyList<TableReference> references, IReadOnlyList<ResolvedEntry> entries, Reader reader, Work work, CancellationToken cancellationToken)
    {
        var relations = new Dictionary<TableReference, LakeRelation>();
        for (var i = 0; i < references.Count; i++)
        {
            relations[references[i]] = await OpenAsync(references[i], entries[i], reader, work, cancellationToken);
        }

        return relations;
    }

    async Task<LakeRelation> OpenAsync(TableReference reference, ResolvedEntry entry, Reader reader, Work work, CancellationToken cancellationToken)
    {
        if (reference.Version is TableVersion.Number { Meaning: not NumberMeaning.Commit } number)
        {
            var name = reference.Table.ToString();
            Check(reference.Table, entry);
            if (await opener.HasVersionAsync(entry, number.Value, cancellationToken))
            {
                return await KeepAsync(reference, entry, number.Value, reader, work, cancellationToken);
            }

            if (number.Meaning == NumberMeaning.Snapshot || entry.Kind == ResolvedKind.Delta)
            {
                throw SqlErrors.Bind($"{name} has no {(entry.Kind == ResolvedKind.Delta ? "version" : "snapshot")} {number}.");
            }

            entry = await AtCommitAsync(reference, $"{entry.Branch}@{number}", reader, cancellationToken);
        }

        return await KeepAsync(reference, entry, snapshot: null, reader, work, cancellationToken);
    }

    async Task<ResolvedEntry> AtCommitAsync(TableReference reference, string at, Reader reader, CancellationToken cancellationToken)
    {
        try
        {
            var table = reference.Table;
            var answer = await catalog.ResolveAsync(new ResolveRequest(Branch: null, AsOf: null, reader.Principal, [new ResolveTable(table.Namespace, table.Name, at)], "query"), cancellationToken);
            return answer.Tables[0];
        }
        catch (ApiException missing) when (missing.Type == "NoSuchCommitException")
        {
            throw SqlErrors.Bind($"{reference.Table} has no snapshot {reference.Version}, and there is no such commit: {missing.Message}");
        }
    }

    async Task<LakeRelation> KeepAsync(TableReference reference, ResolvedEntry entry, long? snapshot, Reader reader, Work work, CancellationToken cancellationToken)
    {
        Check(reference.Table, entry);
        if (reference.Version is null && reader.Views.Count > 0)
        {
            // The view was asked for at a commit, which its tables are read at; what is current in it stays so.
            entry = entry with { At = reader.At };
        }

        var key = new RelationKey(reader.Principal, entry.Ref, snapshot, entry.At, entry.Namespace, entry.Name);
        if (work.Find(key) is { } known)
        {
            return known;
        }

        var name = work.NameOf(key, reference.Table);
        var relation = entry.Kind == ResolvedKind.View
            ? await ViewAsync(reference.Table, name, entry, reader.Within(key, options.Value.MaxViewDepth) with { At = entry.At }, work, cancellationToken)
            : await opener.OpenAsync(reference.Table, name, entry, snapshot, cancellationToken);
        return work.Keep(key, relation);
    }

    async Task<LakeRelation> ViewAsync(TableIdentifier table, RelationName name, ResolvedEntry entry, Reader reader, Work work, CancellationToken cancellationToken)
    {
        var view = entry.View!;
        var tellsWhy = work.Caller.IsOperator || view.Definer == work.Caller.Name;
        try
        {
            var body = await parser.ParseViewAsync(view.Sql, view.DefaultNamespace, cancellationToken);
            var definer = view.Definer ?? throw SqlErrors.Bind("it does not say who wrote it.");
            var branch = new QueryScope(definer, entry.Ref, AsOf: null).BranchName;
            var wanted = body.References.Select(reference => new ResolveTable(reference.Table.Namespace, reference.Table.Name, At(reference.Version, branch, entry.Ref))).ToList();
            var answer = await catalog.ResolveAsync(new ResolveRequest(Branch: null, AsOf: null, definer, wanted, $"view {table}"), cancellationToken);
            var tables = await OpenAsync(body.References, answer.Tables, reader with { Principal = definer }, work, cancellationToken);
            using var connection = engine.Connect();
            var sql = await body.RewriteAsync(connection, reference => tables[reference].Name, work.Caller, cancellationToken);
            var guard = entry.Policy is null ? null : await opener.GuardAsync(table, entry.Policy, view.Columns, cancellationToken);
            var relation = new ViewRelation(name, table, entry, guard, sql, isBarrier: !work.Caller.SeesAll && view.Definer != work.Caller.Name, tellsWhy);
            work.Link(relation, tables.Values);
            return relation;
        }
        catch (ApiException broken) when (broken.Type != SqlErrors.ViewPath)
        {
            // Not even the names of what it reads are for everybody.
            throw SqlErrors.ViewBroken(table.ToString(), tellsWhy ? broken.Message : "something that it reads is not there, or whoever wrote it may not read it. Its owner or an administrator can see what is wrong.");
        }
    }

    /// <summary>The state of the lake that a reference means, as the catalog is asked for it.</summary>
    static string? At(TableVersion? version, string branch, string? pinned) => version switch
    {
        TableVersion.Reference reference => reference.Text,
        TableVersion.Time time => $"{branch}@{time}",
        TableVersion.Number { Meaning: NumberMeaning.Commit } number => $"{branch}@{number}",
        _ => pinned,
    };

    static void Check(TableIdentifier table, ResolvedEntry entry)
    {
        if (entry.Kind == ResolvedKind.None)
        {
            throw SqlErrors.NoSuchTable(table.ToString());
        }

        if (entry.Denied is { } why)
        {
            throw SqlErrors.Forbidden(why);
        }
    }

    static bool IsPlain(TableIdentifier written, RelationName name) =>
        name.Catalog == RelationName.Lake && name.Schema.Equals(written.Namespace, StringComparison.OrdinalIgnoreCase) && name.Name.Equals(written.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>With whose rights, and within which views, something is read.</summary>
    sealed record Reader(string Principal, IReadOnlyList<RelationKey> Views)
    {
        /// <summary>The time at which the view around is read; null for what is current.</summary>
        public DateTimeOffset? At { get; init; }

        public Reader Within(RelationKey view, int maxDepth)
        {
            var path = string.Join(" → ", Views.Append(view).Select(step => $"{step.Namespace}.{step.Name}"));

            // Whoever's rights it is read with: the SQL is the same.
            if (Views.Any(step => (step.Namespace, step.Name, step.Ref) == (view.Namespace, view.Name, view.Ref)))
            {
                throw SqlErrors.BadPath($"A view reads itself: {path}.");
            }

            return Views.Count < maxDepth ? this with { Views = [.. Views, view] } : throw SqlErrors.BadPath($"Views lie more than {maxDepth} deep within one another: {path}.");
        }
    }

    /// <summary>What has been found so far.</summary>
    sealed class Work(QueryScope scope) : IDisposable
    {
        readonly Dictionary<RelationKey, LakeRelation> relations = [];
        readonly Dictionary<ViewRelation, IReadOnlyCollection<LakeRelation>> links = [];
        readonly Dictionary<(string Principal, string Ref, long? Snapshot, DateTimeOffset? At, int Clash), string> catalogs = [];
        readonly HashSet<(string Catalog, string Schema, string Name)> names = [];

        public QueryScope Scope => scope;

        public QueryCaller Caller { get; private set; } = null!;

        public List<LakeRelation> Relations { get; } = [];

        public void Begin(string head, DateTimeOffset? at, QueryCaller caller)
        {
            Caller = caller;
            catalogs[(caller.Name, head, null, at, 0)] = RelationName.Lake;
        }

        public LakeRelation? Find(RelationKey key) => relations.GetValueOrDefault(key);

        public LakeRelation Keep(RelationKey key, LakeRelation relation)
        {
            Relations.Add(relation);
            return relations[key] = relation;
        }

        public void Link(ViewRelation view, IReadOnlyCollection<LakeRelation> tables) => links[view] = tables;

        /// <summary>A table that the caller may know of; what a view reads is the caller's to know unless the view is there to hide it.</summary>
        public void Show(LakeRelation relation)
        {
            relation.IsShown = true;
            if (relation is ViewRelation { IsBarrier: false } view)
            {
                foreach (var table in links[view])
                {
                    table.Through.Add(view.Table);
                    Show(table);
                }
            }
        }

        /// <summary>Each principal and each state of the lake has a catalog of its own; names that differ in case alone, which are one to DuckDB, have several.</summary>
        public RelationName NameOf(RelationKey key, TableIdentifier table)
        {
            for (var clash = 0; ; clash++)
            {
                var place = (key.Principal, key.Ref, key.Snapshot, key.At, clash);
                if (!catalogs.TryGetValue(place, out var catalog))
                {
                    catalogs[place] = catalog = $"{RelationName.Lake}_{catalogs.Count}";
                }

                if (names.Add((catalog, table.Namespace.ToUpperInvariant(), table.Name.ToUpperInvariant())))
                {
                    return new RelationName(catalog, table.Namespace, table.Name);
                }
            }
        }

        public void Dispose()
        {
            foreach (var relation in Relations)
            {
                relation.Dispose();
            }
        }
    }

    sealed record RelationKey(string Principal, string Ref, long? Snapshot, DateTimeOffset? At, string Namespace, string Name);
}
