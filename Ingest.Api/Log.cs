using Lakehouse.Sources.Landing;

namespace LakeAspire.Ingest;

/// <summary>What this service logs; ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Information, Message = "Accepted {Id} for {Stream}: {Events} events, {Faulty} faulty lines, {Bytes} bytes of {Format}")]
    public static partial void Accepted(ILogger logger, string id, string stream, long? events, long faulty, long bytes, LandingFormat format);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Received {Id} for {Stream} again")]
    public static partial void ReceivedAgain(ILogger logger, string id, string stream);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Bytes that nothing refers to could not be deleted: {Location}")]
    public static partial void LeftBehind(ILogger logger, Exception exception, string location);
}
