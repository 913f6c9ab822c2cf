namespace LakeAspire.Transform.Lineage;

/// <summary>What telling of lineage logs; ids 4650 to 4659.</summary>
internal static partial class LineageLog
{
    [LoggerMessage(EventId = 4650, Level = LogLevel.Warning, Message = "Lineage events cannot be told to the catalog yet: {Reason}; trying again")]
    public static partial void NotTold(ILogger logger, string reason);

    [LoggerMessage(EventId = 4651, Level = LogLevel.Error, Message = "The catalog refuses {Events} lineage events: {Answer}")]
    public static partial void Refused(ILogger logger, int events, string answer);

    [LoggerMessage(EventId = 4652, Level = LogLevel.Warning, Message = "{Events} lineage events are lost, since too many wait")]
    public static partial void Dropped(ILogger logger, long events);
}
