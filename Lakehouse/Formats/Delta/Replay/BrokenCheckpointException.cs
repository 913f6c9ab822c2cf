namespace Lakehouse.Formats.Delta.Replay;

/// <summary>A checkpoint could not be read; the log before it may still do.</summary>
sealed class BrokenCheckpointException(LakehouseException reason) : Exception(reason.Message, reason)
{
    public LakehouseException Reason { get; } = reason;
}
