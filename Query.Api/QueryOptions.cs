using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Query;

/// <summary>Limits of queries.</summary>
internal sealed class QueryOptions : IValidatableObject
{
    public const string SectionName = "Lake:Query";

    /// <summary>Characters of a SQL text; 65,536 by default. DuckDB's planner cannot be interrupted, so a text must not keep it busy for long.</summary>
    [Range(1, 10_000_000)]
    public int MaxTextLength { get; set; } = 65_536;

    /// <summary>Most rows of a result, and what a caller gets who names no limit; 5,000,000 by default.</summary>
    [Range(1, long.MaxValue)]
    public long MaxRows { get; set; } = 5_000_000;

    /// <summary>Most bytes of a result; 1 GiB by default.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>Longest time of a query in seconds, waiting and sending included, and what a caller gets who names none; 300 by default.</summary>
    [Range(1, 86_400)]
    public int MaxSeconds { get; set; } = 300;

    /// <summary>Queries at once; 2 by default. Further ones wait.</summary>
    [Range(1, 256)]
    public int MaxConcurrent { get; set; } = 2;

    /// <summary>Queries that wait at most; further ones are refused. 32 by default.</summary>
    [Range(0, 10_000)]
    public int MaxWaiting { get; set; } = 32;

    /// <summary>Threads of a query; 2 by default.</summary>
    [Range(1, 1024)]
    public int Threads { get; set; } = 2;

    /// <summary>Bytes for DuckDB's buffers in a query; 1 GiB by default. What goes beyond is spilled.</summary>
    [Range(64L << 20, long.MaxValue)]
    public long MemoryLimit { get; set; } = 1L << 30;

    /// <summary>Bytes that a worker process may take as a whole; 2 GiB by default. DuckDB does not count texts within an operator, so this is what stops those.</summary>
    [Range(256L << 20, long.MaxValue)]
    public long ProcessMemoryLimit { get; set; } = 2L << 30;

    /// <summary>Bytes that a query may spill; 10 GiB by default.</summary>
    [Range(0, long.MaxValue)]
    public long MaxTempSize { get; set; } = 10L << 30;

    /// <summary>Seconds after which an idle worker beyond the warm one ends; 60 by default.</summary>
    [Range(1, 86_400)]
    public int IdleSeconds { get; set; } = 60;

    /// <summary>Bytes of memory for manifests that were read before; 64 MiB by default.</summary>
    [Range(0, long.MaxValue)]
    public long ManifestCache { get; set; } = 64L << 20;

    /// <summary>Bytes of memory for metadata files of tables; 64 MiB by default.</summary>
    [Range(0, long.MaxValue)]
    public long MetadataCache { get; set; } = 64L << 20;

    /// <summary>Views within views; 16 by default.</summary>
    [Range(1, 100)]
    public int MaxViewDepth { get; set; } = 16;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ProcessMemoryLimit < MemoryLimit)
        {
            yield return new ValidationResult($"{SectionName}:{nameof(ProcessMemoryLimit)} is less than {nameof(MemoryLimit)}.");
        }
    }
}
