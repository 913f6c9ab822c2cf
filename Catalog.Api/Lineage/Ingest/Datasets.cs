using System.Text.Json.Nodes;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>A dataset as it is stored.</summary>
internal sealed record StoredDataset(long Id, DatasetKey Key, long? CanonicalId, TableName? Table, Guid? TableId)
{
    /// <summary>Who made the table, if that is known.</summary>
    public string? Owner { get; init; }

    /// <summary>The dataset that it is another name of, or itself.</summary>
    public long Canonical => CanonicalId ?? Id;

    /// <summary>What rights on it are held on; null for a thing of others.</summary>
    public Securable? Securable => Table is not { } table ? null : TableId is { } id ? Securable.Object(table, id, Owner) : Securable.Namespace(table.Namespace);
}

/// <summary>Stores datasets as events mention them, and finds out which of them are tables of this lake.</summary>
internal static class Datasets
{
    /// <summary>Stores what is not there yet, and newer facets, in the order of their names so that no two transactions wait for one another.</summary>
    public static async Task<Dictionary<DatasetKey, StoredDataset>> StoreAsync(
        NpgsqlConnection connection, DatasetNames names, IReadOnlyCollection<DatasetMention> mentions, string order, CancellationToken cancellationToken)
    {
        var canonical = await CanonicalAsync(connection, names, mentions, cancellationToken);
        var keys = mentions.Select(m => m.Key).Concat(canonical.Values).Distinct()
            .OrderBy(k => k.Namespace, StringComparer.Ordinal).ThenBy(k => k.Name, StringComparer.Ordinal).ToList();
        await InsertAsync(connection, names, keys, cancellationToken);
        var (stored, facets) = await ReadAsync(connection, keys, cancellationToken);
        foreach (var (alias, of) in canonical.Where(c => stored[c.Key].CanonicalId != stored[c.Value].Id).OrderBy(c => stored[c.Key].Id))
        {
            await ExecuteAsync(connection, Sql.Command("UPDATE lineage_datasets SET canonical_id = $2 WHERE id = $1", stored[alias].Id, stored[of].Id), cancellationToken);
            stored[alias] = stored[alias] with { CanonicalId = stored[of].Id };
        }

        foreach (var group in mentions.GroupBy(m => m.Key).OrderBy(g => stored[g.Key].Id))
        {
            var known = facets[group.Key];
            var changed = group.Aggregate(false, (any, mention) => any | MergeChanged(known, mention.Facets, order));
            if (changed)
            {
                await ExecuteAsync(connection, Sql.Command("UPDATE lineage_datasets SET facets = $2::jsonb WHERE id = $1", stored[group.Key].Id, known.ToJsonString()), cancellationToken);
            }
        }

        return stored;
    }

    /// <summary>A facet that says what it said before needs no writing, so that runs over the same tables don't queue.</summary>
    static bool MergeChanged(JsonObject known, JsonObject coming, string order)
    {
        var changed = false;
        foreach (var (name, facet) in coming)
        {
            // What an event says of its own moment is not the dataset's.
            if (name is FacetRules.ColumnLineage or FacetRules.Version or FacetRules.Lifecycle || JsonNode.DeepEquals(known[name]?["v"], facet))
            {
                continue;
            }

            changed |= Newest.Put(known, name, order, (JsonObject)facet!);
        }

        return changed;
    }

    static async Task<Dictionary<DatasetKey, DatasetKey>> CanonicalAsync(
        NpgsqlConnection connection, DatasetNames names, IReadOnlyCollection<DatasetMention> mentions, CancellationToken cancellationToken)
    {
        var found = new Dictionary<DatasetKey, DatasetKey>();
        var places = new Dictionary<string, List<DatasetKey>>(StringComparer.Ordinal);
        foreach (var mention in mentions.Where(m => names.TableOf(m.Key) is null))
        {
            if (names.AliasOf(mention) is { } table)
            {
                found[mention.Key] = names.Of(table);
                continue;
            }

            foreach (var location in DatasetNames.Locations(mention))
            {
                (places.TryGetValue(location, out var at) ? at : places[location] = []).Add(mention.Key);
            }
        }

        if (places.Count == 0)
        {
            return found;
        }

        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { Sql.Command("SELECT DISTINCT ON (location) location, namespace, name FROM pointers WHERE location = ANY ($1) AND kind IN (0, 3) ORDER BY location, to_commit DESC NULLS FIRST, id DESC", (object)places.Keys.ToArray()) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            foreach (var key in places[reader.GetString(0)])
            {
                found[key] = names.Of(new TableName(NamespaceName.FromDatabase(reader.GetString(1)), reader.GetString(2)));
            }
        }

        return found;
    }

    static async Task InsertAsync(NpgsqlConnection connection, DatasetNames names, List<DatasetKey> keys, CancellationToken cancellationToken)
    {
        var tables = keys.Select(names.TableOf).ToList();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(
                    """
                    INSERT INTO lineage_datasets (namespace, name, table_namespace, table_name, facets)
                    SELECT ns, name, table_ns, table_name, '{}' FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t (ns, name, table_ns, table_name)
                    ON CONFLICT (namespace, name) DO NOTHING
                    """,
                    keys.Select(k => k.Namespace).ToArray(), keys.Select(k => k.Name).ToArray(), tables.Select(t => t?.Namespace.Text).ToArray(), tables.Select(t => t?.Name).ToArray()),

                // The table itself, so that its lineage stays with it under another name; main's, if branches differ.
                Sql.Command(
                    """
                    UPDATE lineage_datasets d SET table_id = p.table_id
                    FROM unnest($1::text[], $2::text[]) AS wanted (ns, name)
                    CROSS JOIN LATERAL (
                        SELECT p.table_id FROM pointers p JOIN lineage_datasets x ON x.namespace = wanted.ns AND x.name = wanted.name AND p.namespace = x.table_namespace AND p.name = x.table_name
                        WHERE p.to_commit IS NULL AND p.kind <> 2 AND NOT p.dropped ORDER BY p.branch_id LIMIT 1) p
                    WHERE d.namespace = wanted.ns AND d.name = wanted.name AND d.table_id IS DISTINCT FROM p.table_id
                    """,
                    keys.Select(k => k.Namespace).ToArray(), keys.Select(k => k.Name).ToArray()),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<(Dictionary<DatasetKey, StoredDataset> Stored, Dictionary<DatasetKey, JsonObject> Facets)> ReadAsync(
        NpgsqlConnection connection, List<DatasetKey> keys, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(
                    """
                    SELECT d.id, d.namespace, d.name, d.canonical_id, d.table_namespace, d.table_name, d.table_id, d.facets::text,
                        (SELECT p.owner FROM pointers p WHERE p.table_id = d.table_id ORDER BY p.id DESC LIMIT 1)
                    FROM lineage_datasets d JOIN unnest($1::text[], $2::text[]) AS wanted (ns, name) ON wanted.ns = d.namespace AND wanted.name = d.name
                    """,
                    keys.Select(k => k.Namespace).ToArray(), keys.Select(k => k.Name).ToArray()),
            },
        };
        var stored = new Dictionary<DatasetKey, StoredDataset>();
        var facets = new Dictionary<DatasetKey, JsonObject>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new DatasetKey(reader.GetString(1), reader.GetString(2));
            stored[key] = new StoredDataset(
                reader.GetInt64(0), key, reader.IsDBNull(3) ? null : reader.GetInt64(3),
                reader.IsDBNull(4) ? null : new TableName(NamespaceName.FromDatabase(reader.GetString(4)), reader.GetString(5)), reader.IsDBNull(6) ? null : reader.GetGuid(6))
            {
                Owner = reader.IsDBNull(8) ? null : reader.GetString(8),
            };
            facets[key] = (JsonObject)JsonNode.Parse(reader.GetString(7))!;
        }

        return (stored, facets);
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
