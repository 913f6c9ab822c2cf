using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Profiles;

/// <summary>One target of a profile: where models are built. Whatever adapter it is written for, the lake takes its place.</summary>
public sealed record ProfileTarget
{
    /// <summary>The catalog's name as SQL and templates see it when the profile names none.</summary>
    public const string DefaultDatabase = "lake";

    /// <summary>Name of the profile.</summary>
    public required string ProfileName { get; init; }

    /// <summary>Name of the target: <c>target.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Adapter that templates see as <c>target.type</c> and macros are dispatched by.</summary>
    public string Type { get; init; } = "duckdb";

    /// <summary>Adapter that the profile is written for.</summary>
    public string WrittenFor { get; init; } = "duckdb";

    /// <summary>Database.</summary>
    public string Database { get; init; } = DefaultDatabase;

    /// <summary>Schema of models that say none.</summary>
    public required string Schema { get; init; }

    /// <summary>How many models are built at a time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The entries of the target that are not secret, rendered: what else <c>target</c> shows.</summary>
    public JinjaDict Settings { get; init; } = new();
}
