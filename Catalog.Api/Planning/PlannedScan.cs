using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Planning;

/// <summary>A plan, or a part of one, as far as it is known before manifests are opened.</summary>
/// <param name="Metadata">The table.</param>
/// <param name="Files">Its files, found while they are written.</param>
/// <param name="Tasks">Tasks for the rest.</param>
/// <param name="StatisticsOf">Ids of the fields whose statistics were asked for; null = none.</param>
internal sealed record PlannedScan(TableMetadata Metadata, IAsyncEnumerable<ScanFile> Files, IReadOnlyList<string> Tasks, IReadOnlySet<int>? StatisticsOf)
{
    /// <summary>Id of the plan; null for a part, and where the caller gave it.</summary>
    public string? PlanId { get; init; }
}
