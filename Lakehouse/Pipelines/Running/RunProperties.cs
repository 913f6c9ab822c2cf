using Lakehouse.Pipelines.Planning;

namespace Lakehouse.Pipelines.Running;

/// <summary>Members of a snapshot's summary that say which run made it, and of what.</summary>
public static class RunProperties
{
    /// <summary>Id of the run.</summary>
    public const string RunId = "lake.run.id";

    /// <summary>Name of the pipeline.</summary>
    public const string Pipeline = "lake.pipeline";

    /// <summary>Hash of the project's files.</summary>
    public const string ProjectHash = "lake.pipeline.hash";

    /// <summary>The snapshot of a source table that was read.</summary>
    public static string Source(PlannedSource source) => $"lake.source.{source.FullName}";
}
