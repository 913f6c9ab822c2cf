using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>What the renderings of one command have in common.</summary>
internal sealed class Invocation
{
    public required MacroRegistry Macros { get; init; }

    /// <summary>What templates see as <c>target</c>.</summary>
    public required JinjaDict Target { get; init; }

    /// <summary>Environment variables that <c>env_var()</c> gives: these and no others.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What templates see as <c>flags</c>: names in upper case.</summary>
    public JinjaDict Flags { get; init; } = new();

    /// <summary>What templates see as <c>invocation_args_dict</c>.</summary>
    public JinjaDict Arguments { get; init; } = new();

    public Guid Id { get; init; } = Guid.NewGuid();

    public DateTimeOffset StartedAt { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>Where SQL runs; null where none may, as while a project is parsed.</summary>
    public IAdapter? Adapter { get; init; }

    /// <summary>What templates see as <c>graph</c>; made when it is asked for.</summary>
    public Func<JinjaDict> Graph { get; init; } = () => new JinjaDict();

    /// <summary>Ids of the selected nodes.</summary>
    public IReadOnlyList<string> SelectedResources { get; init; } = [];

    /// <summary>Takes what templates log, print and warn of.</summary>
    public Action<TemplateMessage>? Messages { get; init; }

    /// <summary>Takes the SQL that a node's materialization runs: node's id, SQL.</summary>
    public Action<string, string>? ExecutedSql { get; init; }

    /// <summary>What is known to exist.</summary>
    public RelationCache Relations { get; } = new();

    public string RootPackage => Macros.RootPackage;

    /// <summary>Whether a flag is set.</summary>
    public bool Flag(string name) => Flags.TryGet(name, out var value) && Truth.Of(value);
}

/// <summary>How a template speaks.</summary>
public enum TemplateMessageKind
{
    /// <summary><c>log()</c> without <c>info</c>: for the log file alone.</summary>
    Debug,

    /// <summary><c>log(…, info=true)</c>.</summary>
    Info,

    /// <summary><c>print()</c>: to standard output, even when quiet.</summary>
    Print,

    /// <summary><c>exceptions.warn()</c>.</summary>
    Warning,
}

/// <summary>What a template says.</summary>
/// <param name="Kind">How.</param>
/// <param name="Text">What.</param>
/// <param name="Node">Id of the node whose template it is; null outside of nodes.</param>
public sealed record TemplateMessage(TemplateMessageKind Kind, string Text, string? Node);
