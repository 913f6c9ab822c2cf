using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace LakeAspire.Catalog.Api.Tests.Faults;

/// <summary>A store in front of another one, in which a test makes things go wrong.</summary>
internal sealed class FaultyStore(IObjectStore inner) : IObjectStore
{
    /// <summary>While set, puts do their work and then fail, and deletes fail: as if the process died right after a file was written.</summary>
    public bool DiesAfterPut { get; set; }

    public string Root => inner.Root;

    public async Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default)
    {
        var outcome = await inner.PutIfAbsentAsync(location, content, cancellationToken);
        return DiesAfterPut ? throw Died() : outcome;
    }

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => inner.PutAsync(location, content, cancellationToken);

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => inner.OpenReadAsync(location, range, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => inner.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) =>
        DiesAfterPut ? Task.FromException(Died()) : inner.DeleteAsync(location, cancellationToken);

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) => inner.StatAsync(location, cancellationToken);

    static LakehouseException Died() => new(LakehouseErrorKind.Unavailable, "the test says that this process is dead");
}
