using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>What is known of writers beyond the specification.</summary>
static class WriterRules
{
    /// <summary>
    /// Spark computes bounds in its own order, in which NaN is the greatest number; the others take them from Parquet, which leaves NaN out, and so does Spark where it takes over files of others.
    /// </summary>
    public static bool BoundsCountNan(CommitInfo info) =>
        info.EngineInfo is { } engine && (engine.StartsWith("Apache-Spark/", StringComparison.Ordinal) || engine.StartsWith("Databricks-Runtime/", StringComparison.Ordinal))
        && info.Operation is { } operation
        && (operation is "WRITE" or "MERGE" or "UPDATE" or "DELETE" or "OPTIMIZE" or "STREAMING UPDATE" || operation.EndsWith("TABLE AS SELECT", StringComparison.Ordinal));

    /// <summary>Of files in a checkpoint only the checkpoint's own writer is known: Spark's is Java's Parquet library.</summary>
    /// <param name="createdBy">Who wrote the file, as its footer says.</param>
    public static bool CheckpointBoundsCountNan(string? createdBy) => createdBy?.StartsWith("parquet-mr", StringComparison.Ordinal) == true;
}
