namespace LakeAspire.Transform.Pipelines;

/// <summary>How this worker runs pipelines.</summary>
public sealed class PipelineOptions
{
    /// <summary>Configuration section of all but <see cref="Folders"/>.</summary>
    public const string SectionName = "Lake:Runs";

    /// <summary>Absolute folders of the pipeline projects; from <c>Lake:Pipelines:0</c>, <c>Lake:Pipelines:1</c>, …</summary>
    public IReadOnlyList<string> Folders { get; set; } = [];

    /// <summary>Memory of the engine during a run, in MiB; 1024 by default. What does not fit is spilled to the scratch folder.</summary>
    public int MemoryMegabytes { get; set; } = 1024;

    /// <summary>Models built at the same time; 2 by default.</summary>
    public int Parallel { get; set; } = 2;

    /// <summary>Seconds for which a run is held without a sign of life; 10 by default. A worker that has died is replaced after that.</summary>
    public int LeaseSeconds { get; set; } = 10;

    /// <summary>Names of environment variables that templates may read by <c>env_var()</c>; none by default.</summary>
    public string[] Environment { get; set; } = [];

    /// <summary>Everything that is wrong with these options.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var folder in Folders.Where(f => !Path.IsPathFullyQualified(f)))
        {
            yield return $"Lake:Pipelines has '{folder}', which is not an absolute path";
        }

        if (MemoryMegabytes < 64)
        {
            yield return $"{SectionName}:MemoryMegabytes is {MemoryMegabytes}: at least 64";
        }

        if (Parallel is < 1 or > 64)
        {
            yield return $"{SectionName}:Parallel is {Parallel}: between 1 and 64";
        }

        if (LeaseSeconds is < 2 or > 3600)
        {
            yield return $"{SectionName}:LeaseSeconds is {LeaseSeconds}: between 2 and 3600";
        }
    }
}
