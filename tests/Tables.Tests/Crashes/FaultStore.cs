using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Tests.Crashes;

/// <summary>What goes wrong at an operation.</summary>
public enum Fault
{
    /// <summary>The operation does not happen, and none after it: the process is gone.</summary>
    DiesBefore,

    /// <summary>The operation happens, its answer never comes, and none happens after it.</summary>
    DiesAfter,

    /// <summary>The operation does not happen; later ones do.</summary>
    Fails,

    /// <summary>The operation happens and its answer is lost; later ones go on.</summary>
    LosesReply,
}

/// <summary>A store in which one operation, counted from 1, goes wrong.</summary>
internal sealed class FaultStore(IObjectStore inner, int at, Fault fault) : IObjectStore
{
    int operations;

    /// <summary>Whether the operation came.</summary>
    public bool WasHit => operations >= at;

    public string Root => inner.Root;

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) =>
        RunAsync(() => inner.PutIfAbsentAsync(location, content, cancellationToken));

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => RunAsync(async () =>
    {
        await inner.PutAsync(location, content, cancellationToken);
        return true;
    });

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => RunAsync(() => inner.OpenReadAsync(location, range, cancellationToken));

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var item in await RunAsync(() => inner.ListAsync(prefix, cancellationToken).ToListAsync(cancellationToken).AsTask()))
        {
            yield return item;
        }
    }

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => RunAsync(async () =>
    {
        await inner.DeleteAsync(location, cancellationToken);
        return true;
    });

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) => RunAsync(() => inner.StatAsync(location, cancellationToken));

    async Task<T> RunAsync<T>(Func<Task<T>> operation)
    {
        var number = Interlocked.Increment(ref operations);
        var isDead = number > at && fault is Fault.DiesBefore or Fault.DiesAfter;
        if (number < at || (number > at && !isDead))
        {
            return await operation();
        }

        if (number == at && fault is Fault.DiesAfter or Fault.LosesReply)
        {
            var result = await operation();
            (result as IDisposable)?.Dispose();
        }

        throw new LakehouseException(LakehouseErrorKind.Unavailable, $"the store is away, at operation {number}");
    }
}
