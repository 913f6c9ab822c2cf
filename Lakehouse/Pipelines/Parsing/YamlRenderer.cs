using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Renders the texts within a value of YAML, each natively.</summary>
internal static class YamlRenderer
{
    /// <param name="value">The value.</param>
    /// <param name="variables">What templates see.</param>
    /// <param name="file">The file, for messages.</param>
    /// <param name="keep">Whether what stands at a path is kept as it is; paths are keys and list indexes.</param>
    /// <exception cref="PipelineException">A template fails.</exception>
    public static object? Render(object? value, IReadOnlyDictionary<string, object?> variables, string file, Func<IReadOnlyList<object?>, bool>? keep = null)
    {
        return Walk(value, []);

        object? Walk(object? item, List<object?> path)
        {
            if (item is string && keep?.Invoke(path) == true)
            {
                return item;
            }

            switch (item)
            {
                case string text:
                    return Text(text, variables, file);
                case JinjaList list:
                    var items = new List<object?>(list.Items.Count);
                    for (var i = 0; i < list.Items.Count; i++)
                    {
                        path.Add((long)i);
                        items.Add(Walk(list.Items[i], path));
                        path.RemoveAt(path.Count - 1);
                    }

                    return new JinjaList(items);
                case JinjaDict dict:
                    var rendered = new JinjaDict();
                    foreach (var (key, inner) in dict.Entries)
                    {
                        path.Add(key);
                        rendered.Set(key, Walk(inner, path));
                        path.RemoveAt(path.Count - 1);
                    }

                    return rendered;
                default:
                    return item;
            }
        }
    }

    public static object? Text(string text, IReadOnlyDictionary<string, object?> variables, string file)
    {
        if (!TemplateEnvironments.HasTemplate(text))
        {
            return text;
        }

        try
        {
            var value = TemplateEnvironments.Native.Parse(file, text).RenderValue(variables);
            return value is Undefined undefined ? throw new JinjaException(JinjaErrorKind.Undefined, $"'{undefined.Name}' is undefined") : value;
        }
        catch (JinjaException error)
        {
            throw new PipelineException(PipelineErrorKind.Template, $"Could not render {text}: {error.Message}", file, inner: error);
        }
    }
}
