using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Lineage.Events;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>
/// Who reports an event. Of tables of this lake one reports what one may do oneself: into those that one may append to, from those that one may see. Only this installation's own word on
/// branches and commits counts.
/// </summary>
internal sealed class Reporter(IAccess access, Caller caller)
{
    public bool IsTrusted => caller is { Id: null, IsOperator: true };

    /// <exception cref="ServiceDefaults.Errors.ApiException">403 for a table, whether it is there or not.</exception>
    public async Task CheckAsync(
        IReadOnlyList<DatasetMention> inputs, IReadOnlyList<DatasetMention> outputs, IReadOnlyDictionary<DatasetKey, StoredDataset> datasets, string branch, CancellationToken cancellationToken)
    {
        if (caller is { Id: null, IsOperator: true })
        {
            return;
        }

        var rights = await access.RightsAsync(caller, cancellationToken);
        if (!rights.May(Privilege.Describe, Securable.Branch(branch), branch))
        {
            throw CatalogErrors.Forbidden($"{caller.Name} has no right on branch {branch}, and reports no lineage there.");
        }

        foreach (var (mention, needed) in inputs.Select(i => (i, Privilege.Describe)).Concat(outputs.Select(o => (o, Privilege.Append))))
        {
            var named = datasets[mention.Key];
            var dataset = datasets.Values.FirstOrDefault(d => d.Id == named.Canonical) ?? named;
            if (dataset.Securable is { } securable && !rights.May(needed, securable, branch))
            {
                throw CatalogErrors.Forbidden($"{caller.Name} may not report lineage {(needed == Privilege.Append ? "into" : "from")} {dataset.Key.Name} on branch {branch}.");
            }
        }
    }
}
