using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Reads <c>selectors.yml</c>.</summary>
internal static class SelectorsFile
{
    /// <summary>The selectors by name, rendered, in the order of the file.</summary>
    /// <exception cref="PipelineException">The file is not valid.</exception>
    public static IReadOnlyDictionary<string, JinjaDict> Read(string folder, IReadOnlyDictionary<string, object?> variables)
    {
        var selectors = new OrderedDictionary<string, JinjaDict>(StringComparer.Ordinal);
        var path = Path.Combine(folder, "selectors.yml");
        if (!File.Exists(path))
        {
            return selectors;
        }

        var document = YamlDocument.Parse("selectors.yml", File.ReadAllText(path));
        if (document.Root is null)
        {
            return selectors;
        }

        if (document.Root is not JinjaDict root || root.Get("selectors") is not JinjaList list)
        {
            throw Fail("The selectors.yml file in this project is malformed: it must be a mapping with the list 'selectors'", 0);
        }

        string? isDefault = null;
        foreach (var item in list.Items)
        {
            if (item is not JinjaDict selector || selector.Text("name") is not { } name || !selector.Has("definition"))
            {
                throw Fail("The selectors.yml file in this project is malformed: each selector needs 'name' and 'definition'", document.LineOf(item));
            }

            var rendered = (JinjaDict)YamlRenderer.Render(selector, variables, document.Path)!;
            if (rendered.Get("default") is true)
            {
                if (isDefault is not null)
                {
                    throw Fail($"Error when parsing the selector file. Found multiple selectors with `default: true`:{isDefault} and {name}", document.LineOf(item));
                }

                isDefault = name;
            }

            selectors[name] = rendered;
        }

        return selectors;

        PipelineException Fail(string message, int line) => new(PipelineErrorKind.Selection, message, document.Path, line);
    }
}
