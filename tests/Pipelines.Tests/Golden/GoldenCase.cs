using System.Text.Json;
using LakeAspire.Testing;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>A project of the golden data with the steps that real dbt made of it.</summary>
public sealed class GoldenCase
{
    GoldenCase(string folder, JsonElement root)
    {
        Folder = folder;
        Root = root;
        Steps = [.. root.GetProperty("steps").EnumerateArray().Select(s => new GoldenStep(s))];
    }

    public string Folder { get; }

    public JsonElement Root { get; }

    public string Name => Path.GetFileName(Folder);

    public IReadOnlyList<GoldenStep> Steps { get; }

    /// <summary>Names of all projects: those that have a case.json, whichever they are.</summary>
    public static TheoryData<string> Names() =>
        [.. Directory.GetDirectories(Needs.Golden("dbt")).Where(d => File.Exists(Path.Combine(d, "case.json"))).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    public static GoldenCase Load(string name)
    {
        var folder = Path.Combine(Needs.Golden("dbt"), name);
        return new GoldenCase(folder, JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json"))).RootElement);
    }
}

/// <summary>One invocation of dbt, and what came of it.</summary>
public sealed class GoldenStep(JsonElement json)
{
    public JsonElement Json => json;

    public string Name => json.GetProperty("name").GetString()!;

    public GoldenCommand Command { get; } = GoldenCommand.Parse(json.GetProperty("do").GetString()!);

    public bool Success => json.GetProperty("success").GetBoolean();

    /// <summary>Class and message when dbt stopped as a whole.</summary>
    public (string Class, string Message)? Error => json.TryGetProperty("error", out var error)
        ? (error.GetProperty("class").GetString()!, error.GetProperty("message").GetString()!)
        : null;

    public IReadOnlyList<(string Event, string Text)> Warnings => json.TryGetProperty("warnings", out var warnings)
        ? [.. warnings.EnumerateArray().Select(w => (w[0].GetString()!, w[1].GetString()!))]
        : [];

    /// <summary>Lines of <c>ls</c>; null when there are none recorded.</summary>
    public IReadOnlyList<string>? List => json.TryGetProperty("list", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(l => l.GetString()!)] : null;

    /// <summary>Files to write before the step; null removes one.</summary>
    public IEnumerable<(string Path, string? Text)> Files => json.TryGetProperty("files", out var files)
        ? files.EnumerateObject().Select(f => (f.Name, f.Value.GetString()))
        : [];

    public IReadOnlyDictionary<string, string> Environment => json.TryGetProperty("env", out var env)
        ? env.EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetString()!)
        : new Dictionary<string, string>();
}
