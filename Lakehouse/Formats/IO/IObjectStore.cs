namespace Lakehouse.Formats.IO;

/// <summary>
/// A store of immutable objects under absolute locations (for instance <c>file:///lake/warehouse/gold/t/data/1.parquet</c>).
/// Every implementation passes the conformance suite <c>ObjectStoreConformance</c>.
/// Missing objects are reported as <see cref="LakehouseErrorKind.NotFound"/>, locations outside <see cref="Root"/> as
/// <see cref="LakehouseErrorKind.Denied"/>, failures of the store as <see cref="LakehouseErrorKind.Unavailable"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>The location under which all objects of this store lie; no trailing slash. No location escapes it.</summary>
    string Root { get; }

    /// <summary>Writes a whole object unless one exists at that location; durable and whole when the task completes.</summary>
    /// <returns>What happened. Exactly one of several racing writers gets <see cref="PutOutcome.Written"/>.</returns>
    Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Writes a whole object, replacing one that exists; readers see the old or the new one, never a mixture.</summary>
    Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Opens an object, or a range of it, for reading.</summary>
    /// <param name="location">Absolute location.</param>
    /// <param name="range">Bytes to read; null reads all. A range past the end is cut to the object.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the objects below a location prefix, recursively, in ordinal order of their locations.</summary>
    IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; an absent one is no error.</summary>
    Task DeleteAsync(string location, CancellationToken cancellationToken = default);

    /// <summary>Looks at an object without reading it; null when there is none.</summary>
    Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default);
}

/// <summary>What a conditional put did.</summary>
public enum PutOutcome
{
    /// <summary>The object was written.</summary>
    Written,

    /// <summary>An object exists at that location and was left as it is.</summary>
    Exists,
}

/// <summary>A stored object.</summary>
/// <param name="Location">Absolute location.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModified">When it was written, by the store's clock, in UTC.</param>
public sealed record ObjectInfo(string Location, long Size, DateTimeOffset LastModified);

/// <summary>A range of bytes.</summary>
/// <param name="Offset">First byte; not negative.</param>
/// <param name="Length">Number of bytes; not negative.</param>
public readonly record struct ByteRange(long Offset, long Length);
