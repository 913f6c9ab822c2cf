namespace Lakehouse.Storage.Remote;

/// <summary>
/// The calls of one kind of remote store, each made once: <see cref="RemoteObjectStore"/> puts them together and retries. Failures are <see cref="RemoteFailure"/>. Keys are names within the bucket or
/// container, as they stand in locations.
/// </summary>
internal interface IRemoteBackend : IDisposable
{
    /// <summary>For people: <c>S3</c>, <c>Azure Blob</c>.</summary>
    string Name { get; }

    /// <summary>The most bytes that one conditional put takes.</summary>
    long MaxPutBytes { get; }

    /// <summary>Whether an upload in parts can be completed on the condition that nothing has its key.</summary>
    bool HasConditionalUploads { get; }

    /// <summary>Reads a range into pooled memory; a range past the end is cut, and one that begins there is empty.</summary>
    /// <param name="key">Key of the object.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">At least 1.</param>
    /// <param name="tag">The version that has to be read; null for any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<RemoteChunk> ReadAsync(string key, long offset, int length, string? tag, CancellationToken cancellationToken);

    /// <summary>Puts a whole object.</summary>
    /// <returns>False when <paramref name="ifAbsent"/> and something has that key.</returns>
    Task<bool> PutAsync(string key, Stream content, bool ifAbsent, string marker, CancellationToken cancellationToken);

    /// <summary>Begins an upload in parts.</summary>
    Task<IRemoteUpload> BeginUploadAsync(string key, string marker, CancellationToken cancellationToken);

    /// <summary>A page of the objects whose keys have a prefix, in the order of their keys, and the token of the next; null after the last.</summary>
    Task<(IReadOnlyList<RemoteEntry> Entries, string? Next)> ListAsync(string prefix, string? token, CancellationToken cancellationToken);

    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>What is known of an object; null when there is none.</summary>
    Task<RemoteEntry?> StatAsync(string key, CancellationToken cancellationToken);
}

/// <summary>An object that comes in parts. Nothing of it is visible before it is completed.</summary>
internal interface IRemoteUpload
{
    /// <summary>Sends a part. Parts are numbered from 1; several may be sent at once, and one again.</summary>
    Task SendAsync(int number, ReadOnlyMemory<byte> part, CancellationToken cancellationToken);

    /// <summary>Makes the object of its parts.</summary>
    /// <returns>False when <paramref name="ifAbsent"/> and something has its key.</returns>
    Task<bool> CompleteAsync(bool ifAbsent, CancellationToken cancellationToken);

    /// <summary>Gives the parts up.</summary>
    Task AbortAsync(CancellationToken cancellationToken);
}

/// <summary>An object.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModified">When it was written, in UTC.</param>
/// <param name="Marker">The marker that it was put with; null when unknown or without one.</param>
internal sealed record RemoteEntry(string Key, long Size, DateTimeOffset LastModified, string? Marker = null);
