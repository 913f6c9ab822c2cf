namespace LakeAspire.Transform.Publishing;

/// <summary>What publishing logs; ids 4600 to 4649.</summary>
internal static partial class PublishingLog
{
    [LoggerMessage(EventId = 4600, Level = LogLevel.Information, Message = "{Table} is published as Delta up to version {Version} ({Written} new), snapshot {Snapshot}")]
    public static partial void Published(ILogger logger, string table, long? version, int written, long? snapshot);

    [LoggerMessage(EventId = 4601, Level = LogLevel.Warning, Message = "{Table} stays at its published version {Version}: {Reason}")]
    public static partial void Stopped(ILogger logger, string table, long? version, string reason);

    [LoggerMessage(EventId = 4602, Level = LogLevel.Warning, Message = "Publishing {Table} failed; trying again in {Seconds} s")]
    public static partial void Failed(ILogger logger, Exception exception, string table, int seconds);

    [LoggerMessage(EventId = 4603, Level = LogLevel.Warning, Message = "The catalog cannot be asked for what to publish: {Reason}")]
    public static partial void CatalogAway(ILogger logger, string reason);

    [LoggerMessage(EventId = 4604, Level = LogLevel.Warning, Message = "What became of publishing {Table} cannot be reported: {Reason}")]
    public static partial void ReportFailed(ILogger logger, string table, string reason);
}
