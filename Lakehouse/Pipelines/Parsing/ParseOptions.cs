using System.Collections;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Profiles;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What a project is parsed with.</summary>
public sealed record ParseOptions
{
    /// <summary>Folder with <c>dbt_project.yml</c>.</summary>
    public required string ProjectDir { get; init; }

    /// <summary>Where to look for profiles, and which target to take.</summary>
    public ProfileOptions Profile { get; init; } = new();

    /// <summary>The target, where the caller has its own; null: that of the profile.</summary>
    public ProfileTarget? Target { get; init; }

    /// <summary>Variables of the command (<c>--vars</c>): they win over the project's.</summary>
    public JinjaDict Vars { get; init; } = new();

    /// <summary>What <c>env_var</c> reads; the process's own by default.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(e => (string)e.Key, e => e.Value as string ?? "", StringComparer.Ordinal);

    /// <summary>The command, as templates see it in <c>flags.WHICH</c>.</summary>
    public string Command { get; init; } = "parse";

    /// <summary>Whether incremental models are to be built anew (<c>flags.FULL_REFRESH</c>).</summary>
    public bool FullRefresh { get; init; }

    /// <summary>Id of the invocation.</summary>
    public string InvocationId { get; init; } = Guid.NewGuid().ToString();

    /// <summary>File that keeps what files gave, so that only changed ones are parsed again; null: every file is parsed.</summary>
    public string? CacheFile { get; init; }

    /// <summary>Takes what templates <c>log</c> with <c>info=true</c> and <c>print</c>; null: nobody.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>The time at which deprecations of models count; now by default.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads variables as the command line gives them.</summary>
    /// <param name="yaml">A mapping in YAML: <c>{key: value}</c>.</param>
    /// <exception cref="PipelineException">It is no mapping.</exception>
    public static JinjaDict ReadVars(string yaml) => YamlDocument.Parse("--vars", yaml).Root switch
    {
        JinjaDict dict => dict,
        null => new JinjaDict(),
        _ => throw new PipelineException(PipelineErrorKind.InvalidProject, $"The --vars argument must be a YAML dictionary, but was of type 'str': {yaml}"),
    };
}
