using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Profiles;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>What the nodes of a manifest are compiled and run with: one command's.</summary>
public sealed record CompilerOptions
{
    /// <summary>The manifest.</summary>
    public required Manifest Manifest { get; init; }

    /// <summary>The root project and its packages by name.</summary>
    public required IReadOnlyDictionary<string, Project> Projects { get; init; }

    /// <summary>Where models are built.</summary>
    public required ProfileTarget Target { get; init; }

    /// <summary>Gives what templates see as <c>model</c>, and in <c>graph</c>.</summary>
    public required Func<GraphNode, JinjaDict> Describe { get; init; }

    /// <summary>Variables of the command line.</summary>
    public JinjaDict Vars { get; init; } = new();

    /// <summary>Environment variables that templates may read.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The command: <c>flags.WHICH</c>.</summary>
    public string Command { get; init; } = "run";

    /// <summary>Further flags by name in upper case, such as <c>FULL_REFRESH</c>, <c>STORE_FAILURES</c>, <c>FAIL_FAST</c>.</summary>
    public IReadOnlyDictionary<string, object?> Flags { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>Whether inputs are read without rows.</summary>
    public bool Empty { get; init; }

    /// <summary>The window of event time that inputs are read in (<c>--sample</c>); null for all.</summary>
    public TimeWindow? Sample { get; init; }

    /// <summary>Id of the invocation.</summary>
    public Guid InvocationId { get; init; } = Guid.NewGuid();

    /// <summary>When the command began.</summary>
    public DateTimeOffset StartedAt { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>Ids of the selected nodes.</summary>
    public IReadOnlyList<string> Selected { get; init; } = [];

    /// <summary>Where SQL runs; null when nothing may be asked: then nothing exists.</summary>
    public IAdapter? Adapter { get; init; }

    /// <summary>The relation in another environment that takes the place of a node (<c>--defer</c>); null for its own.</summary>
    public Func<string, RelationName?>? Defer { get; init; }

    /// <summary>Takes what templates say.</summary>
    public Action<TemplateMessage>? Messages { get; init; }

    /// <summary>Takes the SQL that a node's materialization runs: node's id, SQL.</summary>
    public Action<string, string>? ExecutedSql { get; init; }
}

/// <summary>A window of time; at least one bound is set.</summary>
/// <param name="Start">First moment in it.</param>
/// <param name="End">First moment after it.</param>
public sealed record TimeWindow(DateTimeOffset? Start, DateTimeOffset? End);

/// <summary>A node's SQL.</summary>
/// <param name="Code">The SQL, with the queries of ephemeral models in front.</param>
/// <param name="Inner">The SQL without them.</param>
/// <param name="Ephemerals">The ephemeral models in it: id, query; each after those that it uses.</param>
public sealed record CompiledNode(string Code, string Inner, IReadOnlyList<(string Id, string Sql)> Ephemerals);

/// <summary>What a materialization did.</summary>
/// <param name="Response">What its main statement did; null when there was none.</param>
/// <param name="Relations">What it built.</param>
/// <param name="Rows">Rows of its main statement; empty unless it asked for them.</param>
public sealed record MaterializationOutcome(AdapterResponse? Response, IReadOnlyList<AdapterRelation> Relations, AdapterTable Rows);

/// <summary>What a data test found.</summary>
/// <param name="Failures">Rows, or what <c>fail_calc</c> makes of them.</param>
/// <param name="ShouldWarn">Whether <c>warn_if</c> holds.</param>
/// <param name="ShouldError">Whether <c>error_if</c> holds.</param>
public sealed record TestOutcome(long Failures, bool ShouldWarn, bool ShouldError);

/// <summary>How fresh a source is.</summary>
/// <param name="MaxLoadedAt">When its newest row was loaded; null for a table without rows.</param>
/// <param name="SnapshottedAt">When it was asked.</param>
/// <param name="Response">What the query said.</param>
public sealed record FreshnessOutcome(DateTimeOffset? MaxLoadedAt, DateTimeOffset SnapshottedAt, AdapterResponse? Response);

/// <summary>What a unit test found.</summary>
/// <param name="Code">The model's SQL with the fixtures in front.</param>
/// <param name="Columns">The columns that are compared.</param>
/// <param name="Missing">Expected rows that the model did not give.</param>
/// <param name="Unexpected">Rows that were not expected.</param>
public sealed record UnitTestOutcome(string Code, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Missing, IReadOnlyList<IReadOnlyList<object?>> Unexpected)
{
    /// <summary>Whether the model gave what was expected.</summary>
    public bool Passed => Missing.Count == 0 && Unexpected.Count == 0;
}
