namespace LakeAspire.Transform.Landing;

/// <summary>What the loading logs; ids 4500 to 4599.</summary>
internal static partial class LandingLog
{
    [LoggerMessage(EventId = 4500, Level = LogLevel.Information, Message = "Loaded {Files} files into {Table}: {Rows} rows, {Quarantined} quarantined, commit {CommitId}, {Milliseconds} ms")]
    public static partial void Loaded(ILogger logger, int files, string table, long rows, long quarantined, long commitId, long milliseconds);

    [LoggerMessage(EventId = 4501, Level = LogLevel.Information, Message = "{Files} files of {Stream} were in the table already")]
    public static partial void LoadedBefore(ILogger logger, int files, string stream);

    [LoggerMessage(EventId = 4502, Level = LogLevel.Warning, Message = "Loading {Stream} failed; trying again in {Delay}")]
    public static partial void Failed(ILogger logger, Exception exception, string stream, TimeSpan delay);

    [LoggerMessage(EventId = 4503, Level = LogLevel.Warning, Message = "Loading {Stream} was not committed: {Reason}; trying again in {Delay}")]
    public static partial void NotCommitted(ILogger logger, string stream, string reason, TimeSpan delay);

    [LoggerMessage(EventId = 4504, Level = LogLevel.Error, Message = "{Stream} is not loaded until its declaration is put right, and the worker started again: {Problem}")]
    public static partial void WrongDeclaration(ILogger logger, string stream, string problem);

    [LoggerMessage(EventId = 4505, Level = LogLevel.Warning, Message = "{File} of {Stream} cannot be read and goes to quarantine as a whole: {Reason}")]
    public static partial void Unreadable(ILogger logger, string file, string stream, string reason);

    [LoggerMessage(EventId = 4506, Level = LogLevel.Warning, Message = "{Id} of {Stream} was committed with other content; this content is loaded as {NewId}")]
    public static partial void OtherContent(ILogger logger, string id, string stream, string newId);

    [LoggerMessage(EventId = 4507, Level = LogLevel.Error, Message = "{Location} is no landing manifest, and is left alone")]
    public static partial void NoManifest(ILogger logger, string location);

    [LoggerMessage(EventId = 4508, Level = LogLevel.Warning, Message = "The landing zone cannot be read; trying again in {Delay}")]
    public static partial void LandingAway(ILogger logger, Exception exception, TimeSpan delay);

    [LoggerMessage(EventId = 4509, Level = LogLevel.Information, Message = "Swept {Count} objects of {Stream} that nothing refers to any more")]
    public static partial void Swept(ILogger logger, int count, string stream);

    [LoggerMessage(EventId = 4510, Level = LogLevel.Information, Message = "The batch of {Stream} holds something that cannot be read; its files are loaded one by one")]
    public static partial void OneByOne(ILogger logger, string stream);
}
