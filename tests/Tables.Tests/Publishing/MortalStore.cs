using System.Runtime.CompilerServices;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Tests.Publishing;

/// <summary>A store whose process dies at one of its operations: before it happens, or after it did. From then on nothing happens any more.</summary>
internal sealed class MortalStore(IObjectStore inner, int diesAt, bool after) : IObjectStore
{
    int operations;

    /// <summary>Whether it came to that.</summary>
    public bool IsDead { get; private set; }

    public string Root => inner.Root;

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => DoAsync(() => inner.PutIfAbsentAsync(location, content, cancellationToken));

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => DoAsync(async () =>
    {
        await inner.PutAsync(location, content, cancellationToken);
        return true;
    });

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => DoAsync(() => inner.OpenReadAsync(location, range, cancellationToken));

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var item in await DoAsync(() => inner.ListAsync(prefix, cancellationToken).ToListAsync(cancellationToken).AsTask()))
        {
            yield return item;
        }
    }

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => DoAsync(async () =>
    {
        await inner.DeleteAsync(location, cancellationToken);
        return true;
    });

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) => DoAsync(() => inner.StatAsync(location, cancellationToken));

    async Task<T> DoAsync<T>(Func<Task<T>> operation)
    {
        var isLast = Interlocked.Increment(ref operations) - 1 == diesAt;
        if (IsDead || (isLast && !after))
        {
            throw Died();
        }

        var result = await operation();
        return isLast ? throw Died() : result;
    }

    LakehouseException Died()
    {
        IsDead = true;
        return new LakehouseException(LakehouseErrorKind.Unavailable, "the test says that this process is dead");
    }
}
