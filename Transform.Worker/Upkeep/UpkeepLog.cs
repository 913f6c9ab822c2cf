namespace LakeAspire.Transform.Upkeep;

/// <summary>What upkeep logs; ids 4700 to 4749.</summary>
internal static partial class UpkeepLog
{
    [LoggerMessage(EventId = 4700, Level = LogLevel.Information, Message = "{Table}: {Act} ({Reason})")]
    public static partial void Done(ILogger logger, string table, string act, string reason);

    [LoggerMessage(EventId = 4701, Level = LogLevel.Information, Message = "{Table}: {Act} gave way to other writers: {Reason}")]
    public static partial void Yielded(ILogger logger, string table, string act, string? reason);

    [LoggerMessage(EventId = 4702, Level = LogLevel.Warning, Message = "{Table}: {Act} failed: {Reason}")]
    public static partial void ActFailed(ILogger logger, string table, string act, string? reason);

    [LoggerMessage(EventId = 4703, Level = LogLevel.Warning, Message = "Looking after {Table} failed")]
    public static partial void TableFailed(ILogger logger, Exception exception, string table);

    [LoggerMessage(EventId = 4704, Level = LogLevel.Warning, Message = "The catalog cannot be asked for upkeep: {Reason}")]
    public static partial void CatalogAway(ILogger logger, string reason);
}
