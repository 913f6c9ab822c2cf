using Lakehouse.Jinja.Methods;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Filters;

/// <summary>Jinja's built-in filters by name.</summary>
internal static class FilterTable
{
    public static readonly IReadOnlyDictionary<string, Func<object?, JinjaCall, object?>> All = Build();

    static Dictionary<string, Func<object?, JinjaCall, object?>> Build()
    {
        var all = new Dictionary<string, Func<object?, JinjaCall, object?>>(StringComparer.Ordinal)
        {
            ["default"] = Default,
            ["d"] = Default,
            ["attr"] = (value, call) => Attributes.Own(value, call.RequireText(0, "name")),
            ["string"] = (value, _) => Text.Of(value),
            ["safe"] = (value, _) => value,
            ["tojson"] = (value, call) => Json.ForHtml(value, call.Get(0, "indent") is { } indent ? (int)Numbers.Index(indent, "indent") : null),
            ["pprint"] = (value, _) => Repr.Of(value),
        };
        foreach (var (name, filter) in TextFilters.All.Concat(MarkupFilters.All).Concat(NumberFilters.All).Concat(SequenceFilters.All).Concat(SelectFilters.All))
        {
            all.Add(name, filter);
        }

        return all;
    }

    static object? Default(object? value, JinjaCall call) =>
        value is Undefined || (Truth.Of(call.Get(1, "boolean", false)) && !Truth.Of(value)) ? call.Get(0, "default_value", "") : value;
}
