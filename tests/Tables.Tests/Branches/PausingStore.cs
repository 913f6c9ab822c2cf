using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Tests.Branches;

/// <summary>A store that stops before its first delete until it is told to go on.</summary>
internal sealed class PausingStore(IObjectStore inner) : IObjectStore
{
    readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody is about to delete.</summary>
    public Task Reached => reached.Task;

    public string Root => inner.Root;

    public void Release() => released.TrySetResult();

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => inner.PutIfAbsentAsync(location, content, cancellationToken);

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => inner.PutAsync(location, content, cancellationToken);

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => inner.OpenReadAsync(location, range, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => inner.ListAsync(prefix, cancellationToken);

    public async Task DeleteAsync(string location, CancellationToken cancellationToken = default)
    {
        reached.TrySetResult();
        await released.Task.WaitAsync(cancellationToken);
        await inner.DeleteAsync(location, cancellationToken);
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) => inner.StatAsync(location, cancellationToken);
}
