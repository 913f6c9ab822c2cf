using System.Collections.Concurrent;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Deletes files that nothing needs any more, several at once. What can't be deleted is an orphan, and told.</summary>
static class FileDeletion
{
    const int AtOnce = 8;

    /// <summary>Deletes files in the given order of groups: what names others goes after what it names.</summary>
    /// <returns>The files that could not be deleted.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(IObjectStore store, IEnumerable<IReadOnlyCollection<string>> groups, Func<bool>? mayDelete, CancellationToken cancellationToken)
    {
        var left = new ConcurrentBag<string>();
        foreach (var group in groups)
        {
            await Parallel.ForEachAsync(group, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (location, cancelled) =>
            {
                if (mayDelete?.Invoke() == false)
                {
                    left.Add(location);
                    return;
                }

                try
                {
                    await store.DeleteAsync(location, cancelled);
                }
                catch (LakehouseException)
                {
                    left.Add(location);
                }
            });
        }

        return [.. left.Order(StringComparer.Ordinal)];
    }
}
