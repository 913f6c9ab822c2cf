using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Catalog;

/// <summary>Settings of the catalog service.</summary>
internal sealed class CatalogOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Catalog";

    /// <summary>
    /// Whether the database is migrated when the service starts. Default true, which suits the embedded mode, where this service alone has the database.
    /// Set it to false where migrations are a step of the deployment (<c>LakeAspire.Catalog.Api migrate</c>): the service is unhealthy until they were applied.
    /// </summary>
    public bool MigrateOnStart { get; set; } = true;

    /// <summary>Greatest number of connections to the database. Default 20.</summary>
    [Range(2, 500)]
    public int MaxConnections { get; set; } = 20;

    /// <summary>Size of the metadata files whose contents are kept in memory, in bytes of JSON text. Default 16 MiB.</summary>
    [Range(1, 1L << 40)]
    public long MetadataCacheBytes { get; set; } = 16 << 20;

    /// <summary>How long the database is asked what became of a commit whose answer was lost, before the caller is told that nobody knows. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ResolveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often branches whose retention is over are dropped. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BranchSweepInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the files of a table that was dropped with a purge stay, so that it can come back. Default 7 days; 0 deletes them at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan DropRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often it is looked whether files of dropped tables may go. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan PurgeInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the final answer to a request with an idempotency key is kept. Default 24 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan IdempotencyKeyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often expired items and idempotency keys are removed. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(10);
}
