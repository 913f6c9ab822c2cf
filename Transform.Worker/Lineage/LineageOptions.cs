using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Transform.Lineage;

/// <summary>How the worker tells of lineage.</summary>
internal sealed class LineageOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Lineage";

    /// <summary>Whether the worker tells the catalog what its runs, loads and publications read and write. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>OpenLineage namespace of this lake's tables, as the catalog has it (<c>Catalog:OpenLineage:Namespace</c>). Default <c>lake</c>.</summary>
    [Required, MaxLength(255)]
    public string Namespace { get; set; } = "lake";

    /// <summary>OpenLineage namespace of the worker's jobs. Default <c>lakeaspire</c>.</summary>
    [Required, MaxLength(255)]
    public string JobNamespace { get; set; } = "lakeaspire";

    /// <summary>Greatest number of events that wait to be sent; beyond it the oldest are dropped. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 10_000;
}
