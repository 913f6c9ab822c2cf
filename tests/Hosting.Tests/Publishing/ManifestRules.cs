using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LakeAspire.Hosting.Tests.Publishing;

/// <summary>What azd demands of a manifest: known types with their required members, bindings that it can map, and expressions that lead somewhere.</summary>
internal static partial class ManifestRules
{
    static readonly string[] Schemes = ["http", "https", "tcp"];
    static readonly string[] BindingParts = ["url", "host", "port", "targetPort", "scheme", "protocol", "external"];

    public static List<string> Check(JsonObject manifest, string folder)
    {
        var errors = new List<string>();
        var resources = manifest["resources"]?.AsObject() ?? [];
        foreach (var (name, node) in resources)
        {
            var resource = node!.AsObject();
            CheckMembers(name, resource, folder, errors);
            CheckBindings(name, resource, errors);
            foreach (var text in Texts(resource))
            {
                foreach (Match expression in Expression().Matches(text))
                {
                    if (Unresolved(resources, expression.Groups["path"].Value) is { } reason)
                    {
                        errors.Add($"{name}: {expression.Value}: {reason}");
                    }
                }
            }
        }

        return errors;
    }

    static void CheckMembers(string name, JsonObject resource, string folder, List<string> errors)
    {
        switch ((string?)resource["type"])
        {
            case "project.v0" when (string?)resource["path"] is not { } path:
                errors.Add($"{name}: no path");
                break;
            case "project.v0" when !File.Exists(Path.Combine(folder, (string)resource["path"]!)):
                errors.Add($"{name}: path {resource["path"]} does not exist");
                break;
            case "container.v0" when resource["image"] is null:
                errors.Add($"{name}: no image");
                break;
            case "parameter.v0" when !IsParameter(name, resource):
                errors.Add($"{name}: value and inputs do not fit");
                break;
            case "value.v0" when resource["connectionString"] is null:
                errors.Add($"{name}: no connectionString");
                break;
            case "annotated.string" when resource["value"] is null || (string?)resource["filter"] != "uri":
                errors.Add($"{name}: no value or filter");
                break;
            case "project.v0" or "container.v0" or "parameter.v0" or "value.v0" or "annotated.string":
                break;
            case var type:
                errors.Add($"{name}: unknown type {type}");
                break;
        }
    }

    static bool IsParameter(string name, JsonObject resource)
    {
        var input = resource["inputs"]?["value"];
        return (string?)resource["value"] == $"{{{name}.inputs.value}}" && (string?)input?["type"] == "string";
    }

    static void CheckBindings(string name, JsonObject resource, List<string> errors)
    {
        var bindings = resource["bindings"]?.AsObject() ?? [];
        foreach (var (binding, node) in bindings)
        {
            var scheme = (string?)node!["scheme"];
            if (!Schemes.Contains(scheme))
            {
                errors.Add($"{name}: {binding} has scheme {scheme}");
            }

            if (scheme == "tcp" && node["targetPort"] is null)
            {
                errors.Add($"{name}: {binding} without targetPort");
            }

            if (scheme == "tcp" && node["external"] is not null)
            {
                errors.Add($"{name}: {binding} is external but not HTTP");
            }
        }

        if (bindings.Count(b => b.Value!["external"] is not null) > 1)
        {
            errors.Add($"{name}: more than one external binding");
        }
    }

    static string? Unresolved(JsonObject resources, string path)
    {
        var parts = path.Split('.');
        if (resources[parts[0]] is not JsonObject target)
        {
            return $"no resource {parts[0]}";
        }

        return parts switch
        {
            [_, "bindings", var binding, var part] => target["bindings"]?[binding] is null ? "no such binding" : BindingParts.Contains(part) ? null : $"no {part} of a binding",
            [_, "connectionString"] => target["connectionString"] is null ? $"{parts[0]} has no connectionString" : null,
            [_, "value"] => target["value"] is null ? $"{parts[0]} has no value" : null,
            [_, "inputs", var input] => target["inputs"]?[input] is null ? "no such input" : null,
            _ => "not an expression that is evaluated",
        };
    }

    static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Texts(m.Value)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    [GeneratedRegex(@"\{(?<path>[^{}]+)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expression();
}
