namespace Lakehouse.Engine.Scans;

/// <summary>Data files as files of this machine, which is all that DuckDB reads. A remote store gives paths in a local cache.</summary>
public interface ILocalFiles
{
    /// <summary>Local paths of the objects at these locations, in their order.</summary>
    /// <exception cref="Formats.LakehouseException">One does not exist or cannot be had.</exception>
    ValueTask<IReadOnlyList<string>> PathsAsync(IReadOnlyList<string> locations, CancellationToken cancellationToken = default);
}

/// <summary>Files that are local already.</summary>
/// <param name="path">Turns a location into an absolute path.</param>
public sealed class LocalFiles(Func<string, string> path) : ILocalFiles
{
    /// <inheritdoc />
    public ValueTask<IReadOnlyList<string>> PathsAsync(IReadOnlyList<string> locations, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. locations.Select(path)]);
}
