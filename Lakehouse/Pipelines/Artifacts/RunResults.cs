using System.Text.Json.Nodes;
using Lakehouse.Pipelines.Execution;

namespace Lakehouse.Pipelines.Artifacts;

/// <summary>What <c>target/run_results.json</c> says of an invocation.</summary>
/// <param name="Invocation">The invocation.</param>
/// <param name="Results">What became of each node, in the order in which it ended.</param>
/// <param name="Elapsed">How long the run took.</param>
/// <param name="Args">The command (<c>which</c>) and its options, named as dbt names them.</param>
public sealed record RunResults(InvocationFacts Invocation, IReadOnlyList<NodeResult> Results, TimeSpan Elapsed, JsonObject Args)
{
    /// <summary>Whether the run has failed: a node of it has.</summary>
    public bool HasFailed => Results.Any(result => result.Status.IsFailure());
}

/// <summary>An invocation of a command, as artifacts name it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="GeneratedAt">When the artifact was written.</param>
public sealed record InvocationFacts(string Id, DateTimeOffset StartedAt, DateTimeOffset GeneratedAt)
{
    /// <summary>Environment variables of the invocation whose names begin with <c>DBT_ENV_CUSTOM_ENV_</c>, without that.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
