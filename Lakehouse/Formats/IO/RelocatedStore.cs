namespace Lakehouse.Formats.IO;

/// <summary>
/// A view of a store in which the locations of a table that was moved, or whose writer spelled them otherwise, are found: relocations first, the longest match wins;
/// then <c>/a</c> and <c>file:/a</c> are the store's <c>file:///a</c>, and <c>s3a:</c> and <c>s3n:</c> its <c>s3:</c>.
/// Writers of tables put a location's text on disk as it stands, while the store decodes <c>%2F</c> and the like: of local files, the name as it stands is looked for first.
/// </summary>
public sealed class RelocatedStore : IObjectStore
{
    private readonly IObjectStore inner;
    private readonly (string From, string To)[] relocations;
    private readonly bool isLocal;

    /// <summary>Makes the view.</summary>
    /// <param name="inner">The store.</param>
    /// <param name="relocations">What moved where; may be empty.</param>
    public RelocatedStore(IObjectStore inner, params IEnumerable<Relocation> relocations)
    {
        this.inner = inner;
        isLocal = inner.Root.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        this.relocations = [.. relocations.Select(moved => (Relocation.Canonical(moved.From).TrimEnd('/'), Spelled(moved.To).TrimEnd('/'))).OrderByDescending(moved => moved.Item1.Length)];
    }

    /// <inheritdoc />
    public string Root => inner.Root;

    /// <summary>The store that is looked at.</summary>
    public IObjectStore Inner => inner;

    /// <summary>The location as the inner store spells it; where two spellings are possible, that of the object that exists.</summary>
    public async ValueTask<string> ResolveAsync(string location, CancellationToken cancellationToken = default)
    {
        var (prefix, rest) = Resolve(location);
        if (!isLocal || !rest.Contains('%', StringComparison.Ordinal))
        {
            return prefix + rest;
        }

        var literal = prefix + rest.Replace("%", "%25", StringComparison.Ordinal);
        return await inner.StatAsync(literal, cancellationToken).ConfigureAwait(false) is not null ? literal : prefix + rest;
    }

    /// <inheritdoc />
    public async Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) =>
        await inner.OpenReadAsync(await ResolveAsync(location, cancellationToken).ConfigureAwait(false), range, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        await inner.StatAsync(await ResolveAsync(location, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async Task DeleteAsync(string location, CancellationToken cancellationToken = default) =>
        await inner.DeleteAsync(await ResolveAsync(location, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) =>
        inner.PutIfAbsentAsync(Joined(location), content, cancellationToken);

    /// <inheritdoc />
    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => inner.PutAsync(Joined(location), content, cancellationToken);

    /// <inheritdoc />
    /// <remarks>The objects are named as the inner store spells them.</remarks>
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => inner.ListAsync(Joined(prefix), cancellationToken);

    private string Joined(string location)
    {
        var (prefix, rest) = Resolve(location);
        return prefix + rest;
    }

    private (string Prefix, string Tail) Resolve(string location)
    {
        var canonical = Relocation.Canonical(location);
        foreach (var (from, to) in relocations)
        {
            if (canonical.StartsWith(from, StringComparison.Ordinal) && (canonical.Length == from.Length || canonical[from.Length] == '/'))
            {
                return (to, canonical[from.Length..]);
            }
        }

        // What the store itself would write needs no second look.
        return location.StartsWith(inner.Root + "/", StringComparison.Ordinal) && !isLocal ? (location, "") : ("", Spelled(location));
    }

    private string Spelled(string location)
    {
        var canonical = Relocation.Canonical(location);
        return isLocal && canonical.StartsWith('/') ? "file://" + canonical : canonical;
    }
}
