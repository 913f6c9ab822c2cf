using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using Lakehouse.Jinja;
using Lakehouse.Pipelines.Artifacts;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>The reduced manifests of real dbt are the referee: nodes with config, dependencies, names, columns; sources, exposures, groups, unit tests, disabled resources, docs and macros.</summary>
public sealed class GoldenManifestTests(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(GoldenCase.Names), MemberType = typeof(GoldenCase))]
    public void Manifests_are_as_in_dbt(string name)
    {
        var golden = GoldenCase.Load(name);
        var path = Path.Combine(golden.Folder, "manifest.json");
        if (!File.Exists(path))
        {
            Assert.All(golden.Steps, s => Assert.False(s.Success));
            return;
        }

        using var workspace = new GoldenWorkspace(golden);
        var ours = FirstManifest(golden, workspace);
        using var theirs = JsonDocument.Parse(File.ReadAllText(path));
        var differences = new List<string>();
        foreach (var section in theirs.RootElement.EnumerateObject())
        {
            Compare(section.Name, section.Value, ours, differences);
        }

        differences.ForEach(output.WriteLine);
        Assert.Empty(differences);
    }

    static JsonNode FirstManifest(GoldenCase golden, GoldenWorkspace workspace)
    {
        foreach (var step in golden.Steps)
        {
            workspace.Prepare(step);
            if (step.Command.Verb == "deps")
            {
                GoldenParseTests.InstalledLocally(workspace.Project);
            }
            else if (step.Error is null)
            {
                var written = ManifestWriter.Of(ProjectParser.Parse(workspace.Options(step)), "id", DateTimeOffset.UnixEpoch);
                return JsonNode.Parse(Json.Write(written))!;
            }
        }

        throw new InvalidOperationException($"{golden.Name} has a manifest and no step that makes one");
    }

    static void Compare(string section, JsonElement theirs, JsonNode ours, List<string> differences)
    {
        if (section is "disabled" or "docs" or "macros")
        {
            var expected = theirs.EnumerateArray().Select(e => e.GetString()!).Order(StringComparer.Ordinal).ToArray();
            var actual = ours[section]!.AsObject().Select(e => e.Key).Where(k => !k.StartsWith("macro.dbt.", StringComparison.Ordinal) && !k.StartsWith("macro.dbt_duckdb.", StringComparison.Ordinal))
                .Where(k => !k.StartsWith("doc.dbt.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
            if (!expected.SequenceEqual(actual))
            {
                differences.Add($"{section}: expected {string.Join(' ', expected)}; got {string.Join(' ', actual)}");
            }

            return;
        }

        var known = theirs.EnumerateArray().ToDictionary(e => e.GetProperty("unique_id").GetString()!);
        var mine = ours[section]!.AsObject();
        foreach (var id in known.Keys.Except(mine.Select(m => m.Key)))
        {
            differences.Add($"{section}: {id} is missing");
        }

        foreach (var (id, entry) in mine)
        {
            if (!known.TryGetValue(id, out var expected))
            {
                differences.Add($"{section}: {id} is not in dbt's");
                continue;
            }

            var reduced = ReducedEntry.Of(entry!, expected);
            foreach (var property in expected.EnumerateObject())
            {
                var (wanted, got) = (Canonical(property.Value), reduced.TryGetPropertyValue(property.Name, out var value) ? Canonical(JsonSerializer.SerializeToElement(value)) : "nothing");
                if (wanted != got)
                {
                    differences.Add($"{id}: {property.Name}: expected {wanted}, got {got}");
                }
            }

            foreach (var (key, value) in reduced.Where(r => !expected.TryGetProperty(r.Key, out _)))
            {
                differences.Add($"{id}: {key}: not in dbt's, got {value?.ToJsonString()}");
            }
        }
    }

    static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(", ", value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}: {Canonical(p.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(", ", value.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.Number => value.GetDouble().ToString(System.Globalization.CultureInfo.InvariantCulture),
        JsonValueKind.String => $"'{value.GetString()}'",
        _ => value.GetRawText(),
    };
}

/// <summary>An entry of a manifest with what the golden data keep of it.</summary>
static class ReducedEntry
{
    public static JsonObject Of(JsonNode entry, JsonElement like)
    {
        var reduced = new JsonObject();
        var isNode = like.TryGetProperty("materialized", out _);
        void Copy(string key, JsonNode? value) => reduced[key] = value?.DeepClone();
        void CopySet(string key, JsonNode? value)
        {
            if (value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }) && !(value is JsonValue text && text.TryGetValue<string>(out var s) && s.Length == 0))
            {
                Copy(key, value);
            }
        }

        foreach (var property in like.EnumerateObject())
        {
            switch (property.Name)
            {
                case "path":
                    Copy("path", entry["original_file_path"]);
                    break;
                case "materialized":
                    Copy("materialized", entry["config"]!["materialized"]);
                    break;
                case "depends_on":
                    Copy("depends_on", entry["depends_on"]!["nodes"] ?? new JsonArray());
                    break;
                case "macros":
                    reduced["macros"] = new JsonArray([.. (entry["depends_on"]!["macros"] as JsonArray ?? []).Select(m => m!.GetValue<string>())
                        .Where(m => !m.StartsWith("macro.dbt.", StringComparison.Ordinal) && !m.StartsWith("macro.dbt_duckdb.", StringComparison.Ordinal)).Select(m => (JsonNode)m)]);
                    break;
                case "columns" when isNode:
                    reduced["columns"] = Columns(entry["columns"]!.AsObject());
                    break;
                case "config" when isNode:
                    reduced["config"] = Config(entry["config"]!.AsObject());
                    break;
                case "test":
                    Copy("test", entry["test_metadata"]);
                    break;
                default:
                    Copy(property.Name, entry[property.Name]);
                    break;
            }
        }

        // What is set here and not there is a difference too.
        foreach (var key in new[] { "constraints", "group", "relation_name", "attached_node", "column_name", "latest_version", "version", "label", "loaded_at_field", "freshness", "identifier" }.Where(k => !reduced.ContainsKey(k)))
        {
            CopySet(key, entry[key]);
        }

        return reduced;
    }

    static JsonObject Columns(JsonObject columns)
    {
        var reduced = new JsonObject();
        foreach (var (name, column) in columns)
        {
            var kept = new JsonObject();
            foreach (var key in new[] { "data_type", "description", "constraints", "tags", "meta", "quote" })
            {
                if (column![key] is { } value && value is not (JsonArray { Count: 0 } or JsonObject { Count: 0 }) && value.ToJsonString() != "\"\"")
                {
                    kept[key] = value.DeepClone();
                }
            }

            reduced[name] = kept;
        }

        return reduced;
    }

    static JsonObject Config(JsonObject config)
    {
        var reduced = new JsonObject();
        foreach (var (key, value) in config.Where(c => c.Key is not ("enabled" or "docs")))
        {
            if (key == "contract")
            {
                if (value!["enforced"]!.GetValue<bool>())
                {
                    reduced[key] = true;
                }
            }
            else if (value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }))
            {
                reduced[key] = value.DeepClone();
            }
        }

        return reduced;
    }
}
