namespace Lakehouse.Pipelines.Running;

/// <summary>What a run may use.</summary>
public sealed record RunnerOptions
{
    /// <summary>Bytes of memory for the engine; 1 GiB by default. What is more goes to <see cref="ScratchFolder"/>.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;

    /// <summary>Folder to spill to; null spills nothing, and a query that needs to fails.</summary>
    public string? ScratchFolder { get; init; }

    /// <summary>Models built at the same time; 2 by default.</summary>
    public int Parallel { get; init; } = 2;

    /// <summary>Threads of the engine; null takes one for each core.</summary>
    public int? Threads { get; init; }
}
