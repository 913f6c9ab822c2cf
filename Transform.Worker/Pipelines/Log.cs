namespace LakeAspire.Transform.Pipelines;

/// <summary>Log messages of pipeline runs: event ids 600 to 649.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 600, Level = LogLevel.Information, Message = "Pipeline {Pipeline} loaded with {Models} models")]
    public static partial void ProjectLoaded(ILogger logger, string pipeline, int models);

    [LoggerMessage(EventId = 601, Level = LogLevel.Error, Message = "The pipeline project in {Folder} is not run: {Reason}")]
    public static partial void ProjectRefused(ILogger logger, string folder, string reason);

    [LoggerMessage(EventId = 602, Level = LogLevel.Warning, Message = "Pipeline {Pipeline}: {Notice}")]
    public static partial void ProjectNotice(ILogger logger, string pipeline, string notice);

    [LoggerMessage(EventId = 603, Level = LogLevel.Information, Message = "{Message}")]
    public static partial void ModelMessage(ILogger logger, string message);

    [LoggerMessage(EventId = 604, Level = LogLevel.Warning, Message = "Pipeline {Pipeline} is not registered yet: {Reason}")]
    public static partial void RegistrationFailed(ILogger logger, string pipeline, string reason);

    [LoggerMessage(EventId = 610, Level = LogLevel.Information, Message = "A run of {Pipeline} is requested")]
    public static partial void RunRequested(ILogger logger, string pipeline);

    [LoggerMessage(EventId = 611, Level = LogLevel.Warning, Message = "A run of {Pipeline} cannot be requested yet: {Reason}")]
    public static partial void RequestFailed(ILogger logger, string pipeline, string reason);

    [LoggerMessage(EventId = 612, Level = LogLevel.Warning, Message = "The catalog cannot be asked for runs: {Reason}")]
    public static partial void ClaimFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 613, Level = LogLevel.Warning, Message = "Run {Run} cannot be reported on: {Reason}")]
    public static partial void ReportFailed(ILogger logger, long run, string reason);

    [LoggerMessage(EventId = 620, Level = LogLevel.Information, Message = "Run {Run} of {Pipeline} starts, attempt {Attempt}")]
    public static partial void RunStarted(ILogger logger, long run, string pipeline, int attempt);

    [LoggerMessage(EventId = 621, Level = LogLevel.Information, Message = "Run {Run} of {Pipeline} is published by commit {Commit}")]
    public static partial void RunSucceeded(ILogger logger, long run, string pipeline, long commit);

    [LoggerMessage(EventId = 622, Level = LogLevel.Error, Message = "Run {Run} of {Pipeline} failed: {Reason}")]
    public static partial void RunFailed(ILogger logger, long run, string pipeline, string reason);

    [LoggerMessage(EventId = 623, Level = LogLevel.Warning, Message = "Run {Run} of {Pipeline} is to be done again: {Reason}")]
    public static partial void RunUndecided(ILogger logger, long run, string pipeline, string reason);

    [LoggerMessage(EventId = 624, Level = LogLevel.Warning, Message = "Run {Run} of {Pipeline} was cancelled or taken over")]
    public static partial void RunLost(ILogger logger, long run, string pipeline);

    [LoggerMessage(EventId = 625, Level = LogLevel.Error, Message = "Run {Run} of {Pipeline} broke")]
    public static partial void RunBroke(ILogger logger, Exception error, long run, string pipeline);
}
