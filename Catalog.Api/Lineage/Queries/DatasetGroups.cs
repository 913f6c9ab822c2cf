using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Lineage.Ingest;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>The datasets that an answer has met: each under one id, whatever names it has, and only those that the caller may know of.</summary>
internal sealed class DatasetGroups(LineageReads.Session session, Rights rights, string branch)
{
    readonly Dictionary<long, StoredDataset?> seen = [];
    readonly Dictionary<Guid, StoredDataset> tables = [];

    /// <summary>Learns of datasets.</summary>
    public async Task AddAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var unknown = ids.Where(id => !seen.ContainsKey(id)).Distinct().ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        var found = await session.DatasetsAsync(unknown, cancellationToken);
        var canonical = found.Select(d => d.Canonical).Except(found.Select(d => d.Id)).Where(id => !seen.ContainsKey(id)).ToList();
        foreach (var dataset in canonical.Count == 0 ? [] : await session.DatasetsAsync(canonical, cancellationToken))
        {
            Add(dataset);
        }

        foreach (var dataset in found.OrderBy(d => d.CanonicalId is not null))
        {
            Add(dataset);
        }
    }

    /// <summary>Takes a dataset as one to be shown, if the caller may see it.</summary>
    public StoredDataset? Add(StoredDataset dataset)
    {
        if (dataset.CanonicalId is { } canonical)
        {
            return seen[dataset.Id] = seen.GetValueOrDefault(canonical);
        }

        if (dataset.TableId is { } table)
        {
            dataset = tables.TryGetValue(table, out var first) ? Same(dataset, first) : tables[table] = dataset;
        }

        return seen[dataset.Id] = dataset.Securable is { } securable && !rights.May(Privilege.Describe, securable, branch) ? null : dataset;
    }

    /// <summary>What a dataset is shown as; null when the caller may not know of it.</summary>
    public StoredDataset? Of(long id) => seen.GetValueOrDefault(id);

    StoredDataset Same(StoredDataset dataset, StoredDataset first)
    {
        seen[dataset.Id] = seen.GetValueOrDefault(first.Id);
        return first;
    }
}
