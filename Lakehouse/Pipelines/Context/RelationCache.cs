using System.Collections.Concurrent;

namespace Lakehouse.Pipelines.Context;

/// <summary>The tables and views that are known to exist, by schema, so that a run does not ask for each node. As dbt's cache, it knows of what nodes build, drop and rename, not of what free SQL does.</summary>
internal sealed class RelationCache
{
    readonly ConcurrentDictionary<(string Database, string Schema), Task<ConcurrentDictionary<string, AdapterRelation>>> schemas = new();

    static (string Database, string Schema) Key(string database, string schema) => (database.ToLowerInvariant(), schema.ToLowerInvariant());

    /// <summary>What is in a schema, by name without regard to case.</summary>
    public async Task<IReadOnlyDictionary<string, AdapterRelation>> ListAsync(IAdapter adapter, string database, string schema, CancellationToken cancellationToken)
    {
        var key = Key(database, schema);
        var known = schemas.GetOrAdd(key, _ => LoadAsync(adapter, database, schema, cancellationToken));
        try
        {
            return await known.ConfigureAwait(false);
        }
        catch
        {
            schemas.TryRemove(KeyValuePair.Create(key, known));
            throw;
        }
    }

    static async Task<ConcurrentDictionary<string, AdapterRelation>> LoadAsync(IAdapter adapter, string database, string schema, CancellationToken cancellationToken)
    {
        var relations = await adapter.ListRelationsAsync(database, schema, cancellationToken).ConfigureAwait(false);
        var byName = new ConcurrentDictionary<string, AdapterRelation>(StringComparer.OrdinalIgnoreCase);
        foreach (var relation in relations)
        {
            byName[relation.Name.Identifier] = relation;
        }

        return byName;
    }

    /// <summary>Something was built.</summary>
    public void Added(AdapterRelation relation)
    {
        if (Loaded(relation.Name) is { } known)
        {
            known[relation.Name.Identifier] = relation;
        }
    }

    /// <summary>Something was dropped.</summary>
    public void Dropped(RelationName name) => Loaded(name)?.TryRemove(name.Identifier, out _);

    /// <summary>A schema is to be asked for again.</summary>
    public void Forget(string database, string schema) => schemas.TryRemove(Key(database, schema), out _);

    ConcurrentDictionary<string, AdapterRelation>? Loaded(RelationName name) =>
        schemas.TryGetValue(Key(name.Database, name.Schema), out var known) && known.IsCompletedSuccessfully ? known.GetAwaiter().GetResult() : null;
}
