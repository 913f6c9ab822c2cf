namespace Lakehouse.Pipelines.Compilation;

/// <summary>Where models are built: dbt's target.</summary>
public sealed record PipelineTarget
{
    /// <summary>The database that all tables are in.</summary>
    public const string Database = "lake";

    /// <summary>Name of the target.</summary>
    public string Name { get; init; } = "main";

    /// <summary>Namespace of models whose config gives no schema.</summary>
    public string Schema { get; init; } = "main";

    /// <summary>Threads.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The dbt command that the rendering stands for: <c>flags.WHICH</c>.</summary>
    public string Command { get; init; } = "run";

    /// <summary>Environment variables that <c>env_var()</c> gives: these and no others.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
