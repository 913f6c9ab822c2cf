using System.Globalization;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Selection;

/// <summary>The selectors of <c>selectors.yml</c>.</summary>
public static class SelectorDefinitions
{
    /// <summary>The selection of a saved selector.</summary>
    /// <param name="selectors">All selectors, as a manifest carries them.</param>
    /// <param name="name">The one wanted (<c>--selector</c>).</param>
    /// <param name="indirect">What becomes of tests where the selector does not say.</param>
    /// <exception cref="PipelineException">There is none of that name, or it can't be read.</exception>
    public static SelectionSpec Get(IReadOnlyDictionary<string, JinjaDict> selectors, string name, IndirectSelection indirect = IndirectSelection.Eager) =>
        selectors.ContainsKey(name)
            ? Read(selectors, indirect)[name]
            : throw SelectionParser.Fail($"Could not find selector named {name}, expected one of {Text.Of(Dicts.ListOf(selectors.Keys))}");

    /// <summary>Name of the selector that is used when a command says nothing; null without one.</summary>
    public static string? DefaultOf(IReadOnlyDictionary<string, JinjaDict> selectors) => selectors.FirstOrDefault(s => s.Value.Get("default") is true).Key;

    /// <summary>Reads all selectors.</summary>
    /// <exception cref="PipelineException">One can't be read.</exception>
    internal static void Check(IReadOnlyDictionary<string, JinjaDict> selectors) => Read(selectors, IndirectSelection.Eager);

    static Dictionary<string, SelectionSpec> Read(IReadOnlyDictionary<string, JinjaDict> selectors, IndirectSelection indirect)
    {
        var known = new Dictionary<string, SelectionSpec>(StringComparer.Ordinal);
        foreach (var (name, selector) in selectors)
        {
            try
            {
                known[name] = Definition(selector.Get("definition"), known, indirect, isRoot: true);
            }
            catch (PipelineException error) when (error.File is null)
            {
                throw new PipelineException(PipelineErrorKind.Selection, $"Could not read selector file data: {error.Reason}", "selectors.yml", inner: error);
            }
        }

        return known;
    }

    static SelectionSpec Definition(object? definition, Dictionary<string, SelectionSpec> known, IndirectSelection indirect, bool isRoot = false)
    {
        switch (definition)
        {
            case string text:
                return SelectionParser.Criteria(text, indirect);
            case JinjaDict dict when dict.Has("union") || dict.Has("intersection"):
                if (isRoot && dict.Count > 1)
                {
                    throw SelectionParser.Fail(
                        $"Only a single 'union' or 'intersection' key is allowed in a root level selector definition; found {string.Join(',', dict.Keys.Select(Text.Of))}.");
                }

                return dict.Has("union")
                    ? Group(SelectionOperator.Union, Parts(dict, "union"), known, indirect)
                    : Group(SelectionOperator.Intersection, Parts(dict, "intersection"), known, indirect);
            case JinjaDict dict:
                return Single(dict, known, indirect);
            default:
                throw SelectionParser.Fail($"Expected to find union, intersection, str or dict, instead found {Text.Of(definition)}");
        }
    }

    static SelectionSpec Group(SelectionOperator op, IReadOnlyList<object?> parts, Dictionary<string, SelectionSpec> known, IndirectSelection indirect)
    {
        var included = new List<SelectionSpec>();
        SelectionSpec? excluded = null;
        foreach (var part in parts)
        {
            if (part is JinjaDict dict && dict.Has("exclude") && !dict.Has("method"))
            {
                if (excluded is not null)
                {
                    throw SelectionParser.Fail($"You cannot provide multiple exclude arguments to the same selector set operator:\n{Text.Of(dict)}");
                }

                excluded = Excluded(dict, known, indirect);
            }
            else
            {
                included.Add(Definition(part, known, indirect));
            }
        }

        var group = new SelectionGroup(op, included, IndirectSelection.Eager);
        return excluded is null ? group : new SelectionGroup(SelectionOperator.Difference, [group, excluded], IndirectSelection.Eager);
    }

    static SelectionSpec? Excluded(JinjaDict dict, Dictionary<string, SelectionSpec> known, IndirectSelection indirect)
    {
        var parts = Parts(dict, "exclude").Select(p => Definition(p, known, indirect)).ToArray();
        return parts.Length switch { 0 => null, 1 => parts[0], _ => new SelectionGroup(SelectionOperator.Union, parts, IndirectSelection.Eager) };
    }

    static IReadOnlyList<object?> Parts(JinjaDict dict, string key) =>
        dict.Get(key) is JinjaList list ? list.Items : throw SelectionParser.Fail($"Invalid value for key \"{key}\". Expected a list.");

    static SelectionSpec Single(JinjaDict dict, Dictionary<string, SelectionSpec> known, IndirectSelection indirect)
    {
        if (dict.Count == 1)
        {
            var (key, value) = dict.Entries.First();
            var (only, arguments) = SelectionParser.Method(Text.Of(key));
            return new SelectionCriteria(Text.Of(dict), only, arguments, ValueText(value), false, false, null, false, null, indirect);
        }

        if (dict.Text("method") is not { } method || !dict.Has("value"))
        {
            throw SelectionParser.Fail($"Expected either 1 key or else \"method\" and \"value\" keys, but got {Text.Of(new JinjaList([.. dict.Keys]))}");
        }

        var wanted = ValueText(dict.Get("value"));
        if (method == "selector")
        {
            return known.TryGetValue(wanted, out var other) ? other : throw SelectionParser.Fail($"Existing selector definition for {wanted} not found.");
        }

        var (name, rest) = SelectionParser.Method(method);
        var criteria = SelectionParser.Checked(new SelectionCriteria(
            Text.Of(dict),
            name,
            rest,
            wanted,
            Truth.Of(dict.Get("childrens_parents")),
            Truth.Of(dict.Get("parents")),
            Depth(dict, "parents_depth"),
            Truth.Of(dict.Get("children")),
            Depth(dict, "children_depth"),
            dict.Text("indirect_selection") is { } word ? SelectionSpec.ParseIndirect(word) : indirect));
        return dict.Has("exclude") && Excluded(dict, known, indirect) is { } excluded
            ? new SelectionGroup(SelectionOperator.Difference, [criteria, excluded], IndirectSelection.Eager)
            : criteria;
    }

    static string ValueText(object? value) => value is bool flag ? flag ? "true" : "false" : Text.Of(value);

    static int? Depth(JinjaDict dict, string key) => dict.Get(key) switch
    {
        null => null,
        long depth => (int)depth,
        var other => int.TryParse(Text.Of(other), CultureInfo.InvariantCulture, out var depth) ? depth : throw SelectionParser.Fail($"Invalid node spec - could not handle parent depth {Text.Of(other)}"),
    };
}
