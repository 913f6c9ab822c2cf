namespace Lakehouse.Formats.IO;

/// <summary>Writes checkpoints of Delta logs as Parquet files. This library writes none; the engine implements it.</summary>
public interface ICheckpointWriter
{
    /// <summary>Writes a checkpoint (PROTOCOL.md, "V1 Spec"): the actions that still count after an earlier checkpoint and the commits after it. Whole, or not there.</summary>
    /// <exception cref="LakehouseException">NotFound: an object that is to be read is missing. InvalidData: one is malformed.</exception>
    Task<CheckpointSize> WriteAsync(CheckpointRequest request, CancellationToken cancellationToken = default);
}

/// <summary>What a checkpoint is made of.</summary>
/// <param name="Location">Where it goes; an object that is there is replaced.</param>
/// <param name="Previous">Location of the newest checkpoint of an earlier version, of one part after the V1 specification; null when there is none.</param>
/// <param name="Commits">Locations of the commits after it, oldest first.</param>
/// <param name="RemovedBefore">Removed files are left out whose removal is older, in milliseconds since 1970.</param>
public sealed record CheckpointRequest(string Location, string? Previous, IReadOnlyList<string> Commits, long RemovedBefore);

/// <summary>The size of a checkpoint.</summary>
/// <param name="Actions">Its actions.</param>
/// <param name="AddedFiles">The files among them.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record CheckpointSize(long Actions, long AddedFiles, long Bytes);
