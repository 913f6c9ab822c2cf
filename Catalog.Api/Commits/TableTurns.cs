using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Commits;

/// <summary>Commits of this instance to one table come one after the other: at once, all but one would write their metadata file in vain. Other instances are met at the database.</summary>
internal sealed class TableTurns
{
    readonly SemaphoreSlim[] stripes = Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(1)).ToArray();

    /// <summary>Runs a commit when no other to any of the tables runs.</summary>
    public async Task<T> RunAsync<T>(IEnumerable<(int BranchId, TableName Table)> tables, Func<Task<T>> commit, CancellationToken cancellationToken)
    {
        // In order, so that no two wait for each other.
        var mine = tables.Select(table => (uint)table.GetHashCode() % (uint)stripes.Length).Distinct().Order().Select(index => stripes[index]).ToList();
        var held = 0;
        try
        {
            for (; held < mine.Count; held++)
            {
                await mine[held].WaitAsync(cancellationToken);
            }

            return await commit();
        }
        finally
        {
            mine.Take(held).ToList().ForEach(stripe => stripe.Release());
        }
    }
}
