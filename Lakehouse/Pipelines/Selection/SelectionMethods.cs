using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Selection;

/// <summary>The methods of selection: each finds nodes by one of their traits.</summary>
internal sealed class SelectionMethods(Manifest manifest, PreviousState? previous, string? projectFolder)
{
    StateComparison? comparison;

    /// <exception cref="PipelineException">The value has no meaning for the method.</exception>
    public IEnumerable<string> Search(SelectionCriteria criteria)
    {
        var value = criteria.Value;
        return criteria.Method switch
        {
            "fqn" => Of(manifest.All.Where(n => n is not SourceDefinition), n => NamesMatch(n, value)),
            "tag" => Of(manifest.All, n => n.Tags.Any(t => Wildcards.Matches(t, value))),
            "group" => Of(manifest.Nodes.Values, n => n.Config.Group is { } group && Wildcards.Matches(group, value)),
            "access" => Of(manifest.Nodes.Values, n => n is ModelNode model && model.Access == value),
            "source" => Sources(value),
            "exposure" => Qualified(manifest.Exposures.Values, value, "exposure"),
            "metric" => Qualified(manifest.Semantics.Values.Where(s => s.Kind == ResourceType.Metric), value, "metric"),
            "semantic_model" => Qualified(manifest.Semantics.Values.Where(s => s.Kind == ResourceType.SemanticModel), value, "semantic model"),
            "saved_query" => Qualified(manifest.Semantics.Values.Where(s => s.Kind == ResourceType.SavedQuery), value, "saved query"),
            "unit_test" => Qualified(manifest.UnitTests.Values, value, "unit test"),
            "path" => Paths(value),
            "file" => Of(manifest.All, n => Wildcards.Matches(Path.GetFileName(n.OriginalFilePath), value) || Wildcards.Matches(Path.GetFileNameWithoutExtension(n.OriginalFilePath), value)),
            "package" => Of(manifest.All, n => Wildcards.Matches(n.PackageName, value == "this" ? manifest.ProjectName : value)),
            "config" => Of(manifest.Nodes.Values.Cast<GraphNode>().Concat(manifest.Sources.Values), n => ConfigMatches(n, criteria.Arguments, value)),
            "resource_type" => ResourceTypes.TryParse(value, out var type)
                ? Of(manifest.All, n => n.ResourceType == type)
                : throw SelectionParser.Fail($"Invalid resource_type selector \"{value}\""),
            "test_name" => Of(
                manifest.Nodes.Values.Cast<GraphNode>().Concat(manifest.UnitTests.Values),
                n => n is TestNode { Metadata: { } metadata } ? Wildcards.Matches(metadata.Name, value) : n is UnitTestDefinition && Wildcards.Matches(n.Name, value)),
            "test_type" => TestTypes(value),
            "version" => Versions(value),
            "state" => (comparison ??= new StateComparison(manifest, previous ?? throw SelectionParser.Fail("Got a state selector method, but no comparison manifest"))).Search(value),
            "result" => Results(value),
            "source_status" => SourceStatus(value),
            var other => throw SelectionParser.Fail($"'{other}' is not a valid method name"),
        };
    }

    static IEnumerable<string> Of(IEnumerable<GraphNode> nodes, Func<GraphNode, bool> matches) => nodes.Where(matches).Select(n => n.UniqueId);

    static bool NamesMatch(GraphNode node, string name)
    {
        var versioned = node is ModelNode { Version: not null };
        return FqnMatches(node.Fqn, name, versioned) || FqnMatches([.. node.Fqn.Skip(1)], name, versioned);
    }

    static bool FqnMatches(IReadOnlyList<string> fqn, string name, bool versioned)
    {
        if (fqn.Count == 0)
        {
            return false;
        }

        var wanted = name.Split('.');
        if (versioned && fqn.Count >= 2)
        {
            if (Wildcards.Matches(fqn[^2], name) || string.Join('_', fqn.TakeLast(2)) == string.Join('_', wanted.TakeLast(2)))
            {
                return true;
            }
        }
        else if (Wildcards.Matches(fqn[^1], name))
        {
            return true;
        }

        var flat = fqn.SelectMany(p => p.Split('.')).ToArray();
        if (flat.Length < wanted.Length)
        {
            return false;
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].AsSpan().IndexOfAny("*?[]") >= 0)
            {
                return Wildcards.Matches(string.Join('.', flat[i..]), string.Join('.', wanted[i..]));
            }

            if (flat[i] != wanted[i])
            {
                return false;
            }
        }

        return true;
    }

    IEnumerable<string> Sources(string value)
    {
        var (package, source, table) = value.Split('.') switch
        {
            [var s] => ("*", s, "*"),
            [var s, var t] => ("*", s, t),
            [var p, var s, var t] => (p, s, t),
            _ => throw SelectionParser.Fail(
                $"Invalid source selector value \"{value}\". Sources must be of the form `${{source_name}}`, `${{source_name}}.${{target_name}}`, or `${{package_name}}.${{source_name}}.${{target_name}}"),
        };
        return manifest.Sources.Values.Where(s => Wildcards.Matches(s.PackageName, package) && Wildcards.Matches(s.SourceName, source) && Wildcards.Matches(s.Name, table)).Select(s => s.UniqueId);
    }

    static IEnumerable<string> Qualified(IEnumerable<GraphNode> nodes, string value, string what)
    {
        var (package, name) = value.Split('.') switch
        {
            [var n] => ("*", n),
            [var p, var n] => (p, n),
            _ => throw SelectionParser.Fail($"Invalid {what} selector value \"{value}\": it must be of the form name or package.name"),
        };
        return Of(nodes, n => Wildcards.Matches(n.PackageName, package) && Wildcards.Matches(n.Name, name));
    }

    IEnumerable<string> Paths(string value)
    {
        var pattern = value.Replace('\\', '/');
        if (projectFolder is not null && Path.IsPathRooted(pattern))
        {
            pattern = Path.GetRelativePath(projectFolder, pattern).Replace('\\', '/');
        }

        return Of(manifest.All, n =>
        {
            var path = n.OriginalFilePath.StartsWith("./", StringComparison.Ordinal) ? n.OriginalFilePath[2..] : n.OriginalFilePath;
            return Ancestors(path).Any(p => Wildcards.MatchesPath(p, pattern))
                || (n.PatchPath is { } patch && Wildcards.MatchesPath(patch[(patch.IndexOf("://", StringComparison.Ordinal) + 3)..], pattern));
        });
    }

    static IEnumerable<string> Ancestors(string path)
    {
        yield return path;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }
    }

    static bool ConfigMatches(GraphNode node, IReadOnlyList<string> arguments, string value)
    {
        object? found = node.Config.Values;
        foreach (var part in arguments)
        {
            if (found is not JinjaDict dict || !dict.TryGet(part, out found))
            {
                return false;
            }
        }

        var ignoreCase = arguments is ["severity"];
        return found is JinjaList or JinjaTuple ? Dicts.Items(found).Any(Equal) : Equal(found);

        bool Equal(object? item) => item switch
        {
            bool flag => string.Equals(value, flag ? "true" : "false", StringComparison.OrdinalIgnoreCase),
            string text => string.Equals(text, value, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal),
            _ => false,
        };
    }

    IEnumerable<string> TestTypes(string value)
    {
        var tests = manifest.Nodes.Values.OfType<TestNode>();
        return value switch
        {
            "generic" or "schema" => tests.Where(t => t.IsGeneric).Select(t => t.UniqueId),
            "singular" => tests.Where(t => !t.IsGeneric).Select(t => t.UniqueId),
            "data" => tests.Select(t => t.UniqueId),
            "unit" => manifest.UnitTests.Keys,
            _ => throw SelectionParser.Fail($"Invalid test type selector {value}: expected \"generic\", \"singular\", \"unit\", or \"data\""),
        };
    }

    IEnumerable<string> Versions(string value)
    {
        bool Compared(ModelNode model, int order) => model.Version is not null && model.LatestVersion is not null && Math.Sign(VersionOrder.Compare(model.Version, model.LatestVersion)) == order;
        Func<ModelNode, bool> matches = value switch
        {
            "latest" => m => m.IsLatestVersion,
            "prerelease" => m => Compared(m, 1),
            "old" => m => Compared(m, -1),
            "none" => m => m.Version is null,
            _ => throw SelectionParser.Fail($"Invalid version type selector {value}: expected one of: \"latest\", \"prerelease\", \"old\", or \"none\""),
        };
        return manifest.Nodes.Values.OfType<ModelNode>().Where(matches).Select(m => m.UniqueId);
    }

    IEnumerable<string> Results(string value)
    {
        var results = previous?.Results ?? throw SelectionParser.Fail("No comparison run_results");
        return Of(manifest.All, n => results.TryGetValue(n.UniqueId, out var status) && status == value);
    }

    IEnumerable<string> SourceStatus(string value)
    {
        var old = previous?.SourceTimes ?? throw SelectionParser.Fail("No previous state comparison freshness results in sources.json");
        var now = previous.CurrentSourceTimes ?? throw SelectionParser.Fail("No current state comparison freshness results in sources.json");
        if (value != "fresher")
        {
            return [];
        }

        return Of(manifest.All, n => now.TryGetValue(n.UniqueId, out var time) && time is not null
            && (!old.TryGetValue(n.UniqueId, out var before) || (before is not null && time > before)));
    }
}
