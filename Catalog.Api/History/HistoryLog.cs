namespace LakeAspire.Catalog.History;

internal static partial class HistoryLog
{
    [LoggerMessage(EventId = 2070, Level = LogLevel.Information, Message = "Branch or tag '{Branch}' was dropped: its retention is over")]
    public static partial void Expired(ILogger logger, string branch);

    [LoggerMessage(EventId = 2071, Level = LogLevel.Warning, Message = "Dropping expired branches failed; trying again later")]
    public static partial void SweepFailed(ILogger logger, Exception exception);
}
