using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>
/// A resource's config: dbt's defaults, the tree of its project's file from the top down to its own folder, properties YAML, <c>config()</c>; for a package's resource the root project's tree comes on top.
/// </summary>
internal static class ConfigBuilder
{
    public static string SectionOf(ResourceType type) => type switch
    {
        ResourceType.Seed => "seeds",
        ResourceType.Snapshot => "snapshots",
        ResourceType.Source => "sources",
        ResourceType.Test => "data_tests",
        ResourceType.UnitTest => "unit_tests",
        ResourceType.Exposure => "exposures",
        ResourceType.Metric => "metrics",
        ResourceType.SemanticModel => "semantic_models",
        ResourceType.SavedQuery => "saved_queries",
        _ => "models",
    };

    /// <summary>The complete config, checked.</summary>
    /// <exception cref="PipelineException">A value has a type that it cannot have (<see cref="PipelineErrorKind.Config"/>).</exception>
    public static NodeConfig Build(ParseSession session, ResourceType type, Project package, IReadOnlyList<string> fqn, JinjaDict? patch, JinjaDict call, string file, int line = 0)
    {
        var config = BaseOf(session, type, package, fqn).Clone();
        foreach (var (key, value) in (patch?.Entries ?? []).Concat(call.Entries))
        {
            ConfigMerge.Merge(config, HookName(Text.Of(key)), value);
        }

        if (package.Name != session.Root.Name)
        {
            foreach (var (key, value) in Levels(session.Root.Configs, type, fqn))
            {
                ConfigMerge.Merge(config, key, value);
            }
        }

        ConfigDefaults.Finish(type, config);
        ConfigChecks.Check(type, config, file, line);
        return new NodeConfig(WithoutNulls(config));
    }

    /// <summary>Defaults and the project file's tree: the same for all nodes of a folder that the tree does not name one by one.</summary>
    static JinjaDict BaseOf(ParseSession session, ResourceType type, Project package, IReadOnlyList<string> fqn)
    {
        var depth = 0;
        if (package.Configs.TryGetValue(SectionOf(type), out var level))
        {
            while (depth < fqn.Count && level.Get(fqn[depth]) is JinjaDict next)
            {
                level = next;
                depth++;
            }
        }

        return session.BaseConfigs.GetOrAdd($"{package.Name}|{type}|{string.Join('/', fqn.Take(depth))}", _ =>
        {
            var config = ConfigDefaults.Of(type);
            foreach (var (key, value) in Levels(package.Configs, type, fqn))
            {
                ConfigMerge.Merge(config, key, value);
            }

            return config;
        });
    }

    /// <summary>The config as it is written, for comparing states.</summary>
    public static JinjaDict Unrendered(ParseSession session, ResourceType type, Project package, IReadOnlyList<string> fqn, JinjaDict? patch, JinjaDict call)
    {
        var config = new JinjaDict();
        foreach (var (key, value) in Levels(package.UnrenderedConfigs, type, fqn))
        {
            config.Set(key, value);
        }

        if (patch is not null)
        {
            config.With(patch);
        }

        config.With(call);
        if (package.Name != session.Root.Name)
        {
            foreach (var (key, value) in Levels(session.Root.UnrenderedConfigs, type, fqn))
            {
                config.Set(key, value);
            }
        }

        return config;
    }

    static string HookName(string key) => key switch { "pre_hook" => "pre-hook", "post_hook" => "post-hook", _ => key };

    static IEnumerable<(string Key, object? Value)> Levels(IReadOnlyDictionary<string, JinjaDict> sections, ResourceType type, IReadOnlyList<string> fqn)
    {
        if (!sections.TryGetValue(SectionOf(type), out var level))
        {
            yield break;
        }

        for (var depth = 0; ; depth++)
        {
            foreach (var (key, value) in level.Entries)
            {
                // Without a plus, a mapping is a folder and anything else is config.
                if (key is string name && (name.StartsWith('+') || value is not JinjaDict))
                {
                    yield return (HookName(name.StartsWith('+') ? name[1..].Trim() : name), Dicts.DeepCopy(value));
                }
            }

            if (depth == fqn.Count || level.Get(fqn[depth]) is not JinjaDict next)
            {
                yield break;
            }

            level = next;
        }
    }

    static JinjaDict WithoutNulls(JinjaDict config)
    {
        var rest = new JinjaDict();
        foreach (var (key, value) in config.Entries)
        {
            if (value is not null || key is "freshness")
            {
                rest.Set(key, value);
            }
        }

        return rest;
    }
}
