namespace LakeAspire.Query;

internal static partial class Log
{
    [LoggerMessage(EventId = 6000, Level = LogLevel.Information, Message = "Query worker {Worker} started")]
    public static partial void WorkerStarted(ILogger logger, int worker);

    [LoggerMessage(EventId = 6001, Level = LogLevel.Warning, Message = "Query worker {Worker} ended by itself: {Errors}")]
    public static partial void WorkerEnded(ILogger logger, int worker, string errors);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "No query worker could be started to keep warm")]
    public static partial void WorkerNotReplaced(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "Query worker {Worker} killed: {Reason}")]
    public static partial void WorkerKilled(ILogger logger, int worker, string reason);

    [LoggerMessage(EventId = 6010, Level = LogLevel.Information, Message = "Query of {Tables} tables gave {Rows} rows in {Milliseconds} ms (truncated: {Truncated})")]
    public static partial void QueryDone(ILogger logger, int tables, long rows, long milliseconds, bool truncated);

    [LoggerMessage(EventId = 6011, Level = LogLevel.Error, Message = "Query worker {Worker} failed: {Message}")]
    public static partial void QueryFailed(ILogger logger, int worker, string message);

    [LoggerMessage(EventId = 6012, Level = LogLevel.Error, Message = "The policy of {Table} cannot be applied: {Reason}")]
    public static partial void PolicyBroken(ILogger logger, string table, string reason);
}
