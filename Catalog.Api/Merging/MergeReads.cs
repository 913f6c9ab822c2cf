using System.Globalization;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Npgsql;

namespace LakeAspire.Catalog.Merging;

/// <summary>A cursor in a state of the lake; a value of null says that it is not set any more.</summary>
internal sealed record MergeCursor(string Scope, string? Value, long Commit);

/// <summary>What a merge reads: a few statements whatever the number of tables.</summary>
internal sealed class MergeReads(SqlReads reads, PointerReads pointers, TableLookup lookup)
{
    const string ItemColumns = "i.scope, i.key, i.fingerprint, i.commit_id, i.branch_id, i.to_commit, i.origin_commit, i.expires_at";

    /// <summary>The things of which a history says something since a place in it.</summary>
    public async Task<IReadOnlyList<Guid>> ChangedAsync(LakeView view, ChainPoint since, CancellationToken cancellationToken) =>
        await reads.ListAsync($"SELECT DISTINCT p.table_id FROM pointers p WHERE {Since("p", "from_commit", view, since)}", [], reader => reader.GetGuid(0), cancellationToken);

    /// <summary>Things by their ids, dropped ones too.</summary>
    public async Task<IReadOnlyDictionary<Guid, MergeObject>> ByIdsAsync(LakeView view, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        ids.Count == 0 ? new Dictionary<Guid, MergeObject>() : (await lookup.ByIdsAsync(view, ids, cancellationToken, withDropped: true)).ToDictionary(item => item.Key, item => MergeObject.Of(item.Value));

    /// <summary>
    /// Namespaces by name: the same name is the same namespace, whoever made it. A live one goes before one that was dropped.
    /// </summary>
    public async Task<IReadOnlyDictionary<(string, string), MergeObject>> NamespacesAsync(LakeView view, IReadOnlyCollection<(string Around, string Name)> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            return new Dictionary<(string, string), MergeObject>();
        }

        var rows = await pointers.ReadAsync(
            view,
            "p.kind = 2 AND (p.namespace, p.name) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
            [names.Select(n => n.Around).ToArray(), names.Select(n => n.Name).ToArray()],
            cancellationToken,
            withDropped: true);
        return rows.GroupBy(row => (row.Namespace, row.Name)).ToDictionary(group => group.Key, group => MergeObject.Of(group.OrderBy(row => row.Dropped).ThenByDescending(row => row.FromCommit).First()));
    }

    /// <summary>What is there under some names that are not namespaces.</summary>
    public async Task<IReadOnlyList<MergeObject>> NamedAsync(LakeView view, string filter, object[] parameters, CancellationToken cancellationToken) =>
        (await pointers.ReadAsync(view, filter, parameters, cancellationToken)).ConvertAll(MergeObject.Of);

    /// <summary>The table, view or Delta table that has a name, or had it when it was dropped.</summary>
    public async Task<Guid?> EverNamedAsync(LakeView view, TableName name, CancellationToken cancellationToken)
    {
        var found = await pointers.ReadAsync(view, "p.kind <> 2 AND p.namespace = $1 AND p.name = $2", [name.Namespace.Text, name.Name], cancellationToken, withDropped: true);
        return found.OrderBy(row => row.Dropped).ThenByDescending(row => row.FromCommit).FirstOrDefault()?.TableId;
    }

    /// <summary>What some things held since a place in a history, and there.</summary>
    public async Task<ILookup<Guid, string>> HeldAsync(LakeView view, ChainPoint since, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var held = ids.Count == 0 ? [] : await reads.ListAsync(
            $"SELECT p.table_id, p.metadata_location FROM pointers p WHERE p.table_id = ANY ($1) AND NOT p.dropped AND {Since("p", "from_commit", view, since)}",
            [ids.ToArray()],
            reader => (reader.GetGuid(0), reader.GetString(1)),
            cancellationToken);
        var then = await ByIdsAsync(since.Of(view), ids, cancellationToken);
        return held.Concat(then.Where(item => !item.Value.Dropped).Select(item => (item.Key, item.Value.Is.MetadataLocation))).ToLookup(item => item.Item1, item => item.Item2);
    }

    /// <summary>The cursors of which a history says something since a place in it, as they are now.</summary>
    public async Task<IReadOnlyDictionary<string, MergeCursor>> MovedCursorsAsync(LakeView view, ChainPoint since, CancellationToken cancellationToken)
    {
        var scopes = await reads.ListAsync($"SELECT DISTINCT p.scope FROM cursors p WHERE {Since("p", "from_commit", view, since)}", [], reader => reader.GetString(0), cancellationToken);
        return await CursorsAsync(view, scopes, cancellationToken);
    }

    /// <summary>Some cursors.</summary>
    public async Task<IReadOnlyDictionary<string, MergeCursor>> CursorsAsync(LakeView view, IReadOnlyCollection<string> scopes, CancellationToken cancellationToken) => scopes.Count == 0
        ? new Dictionary<string, MergeCursor>(StringComparer.Ordinal)
        : (await reads.ListAsync(
            PositionSql.Cursors(view.Levels, "c.scope = ANY ($1)"),
            [scopes.ToArray()],
            reader => new MergeCursor(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2)),
            cancellationToken)).ToDictionary(cursor => cursor.Scope, StringComparer.Ordinal);

    /// <summary>The items that a history got since a place in it and that have not expired.</summary>
    public async Task<IReadOnlyList<ItemRow>> NewItemsAsync(LakeView view, ChainPoint since, DateTimeOffset now, CancellationToken cancellationToken) =>
        await reads.ListAsync($"SELECT {ItemColumns} FROM items i WHERE {NotExpired("$1")} AND {Since("i", "commit_id", view, since, "to_commit")}", [now], ItemOf, cancellationToken);

    /// <summary>The items that a history took back since a place in it and that have not expired.</summary>
    public async Task<IReadOnlyList<ItemRow>> TakenBackItemsAsync(LakeView view, ChainPoint since, DateTimeOffset now, CancellationToken cancellationToken) =>
        await reads.ListAsync($"SELECT {ItemColumns} FROM items i WHERE {NotExpired("$1")} AND {Since("i", "to_commit", view, since)}", [now], ItemOf, cancellationToken);

    /// <summary>What some cursors were set to since a place in a history.</summary>
    public async Task<ILookup<string, string?>> CursorHistoryAsync(LakeView view, ChainPoint since, IReadOnlyCollection<string> scopes, CancellationToken cancellationToken) => scopes.Count == 0
        ? Array.Empty<(string Scope, string? Value)>().ToLookup(item => item.Scope, item => item.Value, StringComparer.Ordinal)
        : (await reads.ListAsync(
            $"SELECT p.scope, p.value FROM cursors p WHERE p.scope = ANY ($1) AND {Since("p", "from_commit", view, since)}",
            [scopes.ToArray()],
            reader => (Scope: reader.GetString(0), Value: reader.IsDBNull(1) ? null : reader.GetString(1)),
            cancellationToken)).ToLookup(item => item.Scope, item => item.Value, StringComparer.Ordinal);

    /// <summary>Those of some items that a state of the lake has.</summary>
    public async Task<ILookup<(string, string), ItemRow>> ItemsAsync(LakeView view, IReadOnlyCollection<ItemRow> items, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return Array.Empty<ItemRow>().ToLookup(item => (item.Scope, item.Key));
        }

        var found = await reads.ListAsync(
            PositionSql.Items(view.Levels, $"(i.scope, i.key) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND {NotExpired("$3")}", ItemColumns),
            [items.Select(i => i.Scope).ToArray(), items.Select(i => i.Key).ToArray(), now],
            ItemOf,
            cancellationToken);
        return found.ToLookup(item => (item.Scope, item.Key));
    }

    /// <summary>Condition: the row was written after a place in a history. Only numbers of ours are written into the text.</summary>
    static string Since(string alias, string column, LakeView view, ChainPoint since, string? until = null) => "(" + string.Join(" OR ", view.Levels.Take(since.Level + 1).Select((level, depth) => string.Create(
        CultureInfo.InvariantCulture,
        $"({alias}.branch_id = {level.BranchId} AND {alias}.{column} <= {level.Commit ?? long.MaxValue} AND {alias}.{column} > {(depth == since.Level ? since.Commit : -1)}{(until is null ? "" : $" AND ({alias}.{until} IS NULL OR {alias}.{until} > {level.Commit ?? long.MaxValue})")})"))) + ")";

    static string NotExpired(string now) => $"(i.expires_at IS NULL OR i.expires_at > {now})";

    static ItemRow ItemOf(NpgsqlDataReader row) => new()
    {
        Scope = row.GetString(0),
        Key = row.GetString(1),
        Fingerprint = row.GetString(2),
        CommitId = row.GetInt64(3),
        BranchId = row.GetInt32(4),
        ToCommit = row.IsDBNull(5) ? null : row.GetInt64(5),
        Origin = row.IsDBNull(6) ? null : row.GetInt64(6),
        ExpiresAt = row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7),
    };
}
