using System.Text.Json;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Selection;

/// <summary>The artifacts of an earlier run, of dbt or of this engine: what <c>--state</c> points to.</summary>
public sealed class PreviousState
{
    /// <summary>The earlier manifest's entries by unique id: nodes, sources, exposures, unit tests, semantic resources; null without a manifest.</summary>
    public IReadOnlyDictionary<string, JinjaDict>? Nodes { get; init; }

    /// <summary>Text of the earlier macros by unique id.</summary>
    public IReadOnlyDictionary<string, string> Macros { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Status of the earlier results by unique id; null without results.</summary>
    public IReadOnlyDictionary<string, string>? Results { get; init; }

    /// <summary>When sources were loaded last, as the earlier run saw it; null values for those that could not be read; null without <c>sources.json</c>.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset?>? SourceTimes { get; init; }

    /// <summary>The same as the newest look at the sources saw it.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset?>? CurrentSourceTimes { get; init; }

    /// <summary>Reads the artifacts of a folder.</summary>
    /// <param name="folder">The folder with <c>manifest.json</c>, <c>run_results.json</c> and <c>sources.json</c>, as many as there are.</param>
    /// <param name="currentTarget">The folder of this run's artifacts, for the newest <c>sources.json</c>; null without one.</param>
    /// <exception cref="PipelineException">A file is not valid.</exception>
    public static PreviousState Read(string folder, string? currentTarget = null)
    {
        var manifest = Load(Path.Combine(folder, "manifest.json"));
        return new PreviousState
        {
            Nodes = manifest is null ? null : new[] { "nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests" }
                .SelectMany(s => manifest.Dict(s).Entries).Where(e => e.Value is JinjaDict).ToDictionary(e => Text.Of(e.Key), e => (JinjaDict)e.Value!, StringComparer.Ordinal),
            Macros = manifest?.Dict("macros").Entries.ToDictionary(e => Text.Of(e.Key), e => (e.Value as JinjaDict)?.Text("macro_sql") ?? "", StringComparer.Ordinal)
                ?? new Dictionary<string, string>(StringComparer.Ordinal),
            Results = Load(Path.Combine(folder, "run_results.json")) is { } results
                ? results.Mappings("results").Where(r => r.Text("unique_id") is not null).ToDictionary(r => r.Text("unique_id")!, r => r.Text("status") ?? "", StringComparer.Ordinal)
                : null,
            SourceTimes = Times(folder),
            CurrentSourceTimes = currentTarget is null ? null : Times(currentTarget),
        };
    }

    static Dictionary<string, DateTimeOffset?>? Times(string folder) => Load(Path.Combine(folder, "sources.json")) is { } sources
        ? sources.Mappings("results").Where(r => r.Text("unique_id") is not null)
            .ToDictionary(r => r.Text("unique_id")!, r => PropertiesFile.Date(r.Get("max_loaded_at")), StringComparer.Ordinal)
        : null;

    static JinjaDict? Load(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return Json.Read(File.ReadAllText(path)) as JinjaDict ?? throw new PipelineException(PipelineErrorKind.Selection, $"{path} is no artifact of dbt: it is not a mapping");
        }
        catch (JsonException error)
        {
            throw new PipelineException(PipelineErrorKind.Selection, $"{path} is not valid JSON: {error.Message}", inner: error);
        }
    }
}
