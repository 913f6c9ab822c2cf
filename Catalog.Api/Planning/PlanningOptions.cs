using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Catalog.Planning;

/// <summary>Settings of scan planning.</summary>
internal sealed class PlanningOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Catalog:Planning";

    /// <summary>Files that a plan answers at once; a larger plan is handed out in tasks. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int InlineFiles { get; set; } = 2000;

    /// <summary>Files of one task, about: a manifest is never cut. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int TaskFiles { get; set; } = 2000;

    /// <summary>Bytes of manifests that are kept in memory. Default 64 MiB.</summary>
    [Range(0, 1L << 40)]
    public long ManifestCacheBytes { get; set; } = 64 << 20;

    /// <summary>How long plans and their tasks may be fetched. Default one day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>What tables tell clients of planning: <c>server</c> (they must have scans planned here), <c>client</c> (they must plan themselves), or nothing, which leaves it to them. Default nothing.</summary>
    [RegularExpression("^(client|server)?$")]
    public string Mode { get; set; } = "";
}
