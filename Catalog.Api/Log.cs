namespace LakeAspire.Catalog;

/// <summary>Everything that the catalog logs. Event ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2000, Level = LogLevel.Information, Message = "Database migrated: {Migrations} applied")]
    public static partial void Migrated(ILogger logger, int migrations);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "The database cannot be reached yet; trying again")]
    public static partial void DatabaseAway(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2010, Level = LogLevel.Information, Message = "Commit {CommitId} by {Author}: {Tables}")]
    public static partial void Committed(ILogger logger, long commitId, string author, string tables);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Warning, Message = "The database's answer to commit {CommitId} was lost; asking what became of it")]
    public static partial void CommitInDoubt(ILogger logger, Exception exception, long commitId);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Error, Message = "What became of a commit of {Tables} could not be found out; its metadata files stay")]
    public static partial void CommitUnknown(ILogger logger, Exception exception, string tables);

    [LoggerMessage(EventId = 2013, Level = LogLevel.Warning, Message = "A file of a commit that did not happen could not be deleted: {Location}")]
    public static partial void CleanupFailed(ILogger logger, Exception exception, string location);

    [LoggerMessage(EventId = 2014, Level = LogLevel.Warning, Message = "The database failed before a commit of {Tables} was made; nothing happened")]
    public static partial void CommitFailed(ILogger logger, Exception exception, string tables);

    [LoggerMessage(EventId = 2020, Level = LogLevel.Information, Message = "Purged {Files} files of a dropped table below {Location}")]
    public static partial void Purged(ILogger logger, long files, string location);

    [LoggerMessage(EventId = 2021, Level = LogLevel.Warning, Message = "Purging a dropped table below {Location} stopped; it goes on later")]
    public static partial void PurgeFailed(ILogger logger, Exception exception, string location);

    [LoggerMessage(EventId = 2022, Level = LogLevel.Warning, Message = "Looking for files of dropped tables that may go failed; trying again later")]
    public static partial void PurgeLookFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2030, Level = LogLevel.Information, Message = "Swept {Count} expired items")]
    public static partial void ItemsSwept(ILogger logger, int count);

    [LoggerMessage(EventId = 2031, Level = LogLevel.Warning, Message = "Sweeping expired items failed; trying again later")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2032, Level = LogLevel.Warning, Message = "Removing old reports of engines failed; trying again later")]
    public static partial void MetricsSweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2040, Level = LogLevel.Information, Message = "Run {RunId} of {Pipeline} taken by {Worker}, attempt {Attempt}")]
    public static partial void RunClaimed(ILogger logger, long runId, string pipeline, string worker, int attempt);

    [LoggerMessage(EventId = 2080, Level = LogLevel.Warning, Message = "The role for clients' credentials could not be assumed; none are given")]
    public static partial void RoleFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2068, Level = LogLevel.Error, Message = "The policy {Policy} of table {Table} cannot be applied, so that nobody whom it binds reads the table until it is set anew: {Problem}")]
    public static partial void PolicyUnbound(ILogger logger, string policy, Guid table, string problem);

    [LoggerMessage(EventId = 2069, Level = LogLevel.Warning, Message = "Columns of policies that an earlier version stored are not found yet; they are looked for when their tables are read")]
    public static partial void PolicyFieldsNotFound(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2090, Level = LogLevel.Warning, Message = "Lineage events cannot be sent on yet: {Reason}; trying again")]
    public static partial void LineageNotSent(ILogger logger, string reason);

    [LoggerMessage(EventId = 2091, Level = LogLevel.Error, Message = "A lineage event is refused by {Url} and is not sent again: {Reason}")]
    public static partial void LineageRefused(ILogger logger, string url, string reason);

    [LoggerMessage(EventId = 2092, Level = LogLevel.Error, Message = "A lineage event is given up after {Attempts} attempts: {Reason}")]
    public static partial void LineageGivenUp(ILogger logger, int attempts, string reason);

    [LoggerMessage(EventId = 2093, Level = LogLevel.Warning, Message = "Sweeping lineage events failed; trying again later")]
    public static partial void LineageSweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2094, Level = LogLevel.Warning, Message = "Lineage of a commit cannot be taken in yet: {Reason}; trying again")]
    public static partial void CommitLineageWaits(ILogger logger, string reason);

    [LoggerMessage(EventId = 2095, Level = LogLevel.Error, Message = "Lineage of commit {CommitId} is left out, as it cannot be taken in")]
    public static partial void CommitLineageFailed(ILogger logger, Exception exception, long commitId);

    [LoggerMessage(EventId = 2096, Level = LogLevel.Error, Message = "A lineage event of commit {CommitId} is left out: {Reason}")]
    public static partial void CommitLineageRefused(ILogger logger, long commitId, string reason);

    [LoggerMessage(EventId = 2097, Level = LogLevel.Error, Message = "{Events} lineage events are dropped unsent, the oldest: more wait than Catalog:OpenLineage:MaxWaiting allows")]
    public static partial void LineageDropped(ILogger logger, int events);

    [LoggerMessage(EventId = 2050, Level = LogLevel.Information, Message = "Backed up {Rows} rows of {Tables} tables")]
    public static partial void BackedUp(ILogger logger, int tables, long rows);

    [LoggerMessage(EventId = 2051, Level = LogLevel.Warning, Message = "The database was replaced by a backup: {Rows} rows of {Tables} tables, {Migrations} migrations applied to them")]
    public static partial void Restored(ILogger logger, int tables, long rows, int migrations);
}
