using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>What one rendering is about: a node with what its templates may ask for.</summary>
internal sealed class RenderedNode
{
    /// <summary>Its package: macros and variables are looked for from there.</summary>
    public required string Package { get; init; }

    /// <summary>Its name, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Its id; null outside of nodes.</summary>
    public string? UniqueId { get; init; }

    /// <summary>False while dependencies and config are looked for, true when SQL is made.</summary>
    public required bool Execute { get; init; }

    /// <summary>What templates see as <c>model</c>; made when it is asked for.</summary>
    public Func<JinjaDict?> Model { get; init; } = () => null;

    /// <summary>What templates see as <c>config</c>.</summary>
    public JinjaCallable? Config { get; init; }

    /// <summary>Its own relation; null when it has none.</summary>
    public Relation? This { get; init; }

    /// <summary>What it replaces in another environment, for deferral; null without one.</summary>
    public Relation? DeferRelation { get; init; }

    /// <summary>What calls of <c>ref</c> give.</summary>
    public required Func<JinjaCall, object?> Ref { get; init; }

    /// <summary>What calls of <c>source</c> give.</summary>
    public required Func<JinjaCall, object?> Source { get; init; }

    /// <summary>What templates see as <c>var</c>.</summary>
    public required JinjaCallable Var { get; init; }

    /// <summary>Its schema, else the target's.</summary>
    public string? Schema { get; init; }

    /// <summary>Its database, else the target's.</summary>
    public string? Database { get; init; }

    /// <summary>SQL before and after it, rendered by <c>run_hooks</c>: mappings with <c>sql</c>, <c>transaction</c>.</summary>
    public JinjaList PreHooks { get; init; } = new([]);

    public JinjaList PostHooks { get; init; } = new([]);

    /// <summary>Its compiled SQL; null before it is compiled.</summary>
    public string? CompiledCode { get; init; }

    /// <summary>Rows of the seed; null for others.</summary>
    public Func<AgateTable>? Seed { get; init; }

    /// <summary>What takes the place of macros, by name (<c>name</c> or <c>package.name</c>): that of a unit test.</summary>
    public IReadOnlyDictionary<string, object?> MacroOverrides { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>What else is seen, on top of all: arguments of a test, results of a run, overrides of a unit test.</summary>
    public IReadOnlyDictionary<string, object?> Extra { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    public CancellationToken CancellationToken { get; init; }
}
