using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary>A model's config: what the project file says for its folder, then the properties file, then <c>config()</c> in the model. Tags add up, meta merges, else the last wins.</summary>
internal static class ModelConfig
{
    public static JinjaDict Of(PipelineProject project, ModelFile file, Func<object?, object?> render)
    {
        var config = new JinjaDict();
        var level = project.ModelConfig;
        foreach (var step in new[] { null, project.Name }.Concat(file.Folders).Append(file.Name))
        {
            if (step is not null)
            {
                if (!level.TryGet(step, out var below) || below is not JinjaDict next)
                {
                    break;
                }

                level = next;
            }

            foreach (var (key, value) in level.Entries)
            {
                // Without a plus, a mapping is a folder and anything else is config.
                if (key is string name && (name.StartsWith('+') || value is not JinjaDict))
                {
                    Merge(config, name.TrimStart('+'), render(value));
                }
            }
        }

        if (project.Properties.TryGetValue(file.Name, out var properties))
        {
            foreach (var (key, value) in properties.Config.Entries)
            {
                Merge(config, Text.Of(key), render(value));
            }
        }

        return config;
    }

    public static void Merge(JinjaDict config, string key, object? value)
    {
        config.TryGet(key, out var known);
        config.Set(key, key switch
        {
            "tags" => new JinjaList([.. Items(known), .. Items(value).Where(v => !Items(known).Contains(v))]),
            "meta" when known is JinjaDict old && value is JinjaDict added => Union(old, added),
            _ => value,
        });
    }

    static IEnumerable<object?> Items(object? value) => value switch { null => [], JinjaList list => list.Items, JinjaTuple tuple => tuple.Items, _ => [value] };

    static JinjaDict Union(JinjaDict a, JinjaDict b)
    {
        var union = new JinjaDict();
        foreach (var (key, value) in a.Entries.Concat(b.Entries))
        {
            union.Set(key, value);
        }

        return union;
    }
}
