using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Tells which rows of data files the delete files of a snapshot delete, by position. Delete files are data, which this library does not read; the engine does.</summary>
public interface IDeletedPositions
{
    /// <summary>The deleted positions of each file, in their order, by all its delete files: position deletes, deletion vectors and equality deletes.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="files">Data files with their delete files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">Unsupported: a kind of delete, or a format, cannot be read; publishing stops for that.</exception>
    Task<IReadOnlyList<PositionBitmap>> OfAsync(TableMetadata metadata, IReadOnlyList<ScanFile> files, CancellationToken cancellationToken = default);
}
