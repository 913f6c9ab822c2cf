using System.Globalization;
using System.Text.RegularExpressions;

namespace Lakehouse.Pipelines.Selection;

/// <summary>Reads selections as the command line gives them.</summary>
public static partial class SelectionParser
{
    /// <summary>Everything that stands in the graph.</summary>
    static readonly string[] Everything = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"];

    /// <summary>The methods by name.</summary>
    public static IReadOnlyList<string> Methods { get; } =
    [
        "fqn", "tag", "group", "access", "source", "path", "file", "package", "config", "test_name", "test_type", "resource_type", "state", "exposure", "metric", "result", "source_status", "version",
        "semantic_model", "saved_query", "unit_test",
    ];

    /// <summary>The selection of <c>--select</c> and <c>--exclude</c>.</summary>
    /// <param name="select">Texts of <c>--select</c>; null or none: everything.</param>
    /// <param name="exclude">Texts of <c>--exclude</c>; null or none: nothing.</param>
    /// <param name="indirect">What becomes of tests.</param>
    /// <exception cref="PipelineException">A text can't be read.</exception>
    public static SelectionSpec Parse(IReadOnlyList<string>? select, IReadOnlyList<string>? exclude, IndirectSelection indirect = IndirectSelection.Eager)
    {
        var included = select is { Count: > 0 } ? Union(select, indirect, expectExists: true) : Union(Everything, indirect, expectExists: false);
        var excluded = exclude is { Count: > 0 } ? Union(exclude, indirect, expectExists: true) : new SelectionGroup(SelectionOperator.Union, [], indirect);

        // As in dbt, the difference itself treats tests eagerly: its parts have decided already.
        return new SelectionGroup(SelectionOperator.Difference, [included, excluded], IndirectSelection.Eager);
    }

    static SelectionGroup Union(IEnumerable<string> texts, IndirectSelection indirect, bool expectExists) => new(
        SelectionOperator.Union,
        [.. texts.SelectMany(t => t.Split(' ')).Select(t => new SelectionGroup(
            SelectionOperator.Intersection, [.. t.Split(',').Select(p => (SelectionSpec)Criteria(p, indirect))], indirect, expectExists ? t : null))],
        indirect);

    /// <summary>Reads one criterion, such as <c>1+tag:nightly+</c>.</summary>
    /// <exception cref="PipelineException">It can't be read.</exception>
    public static SelectionCriteria Criteria(string text, IndirectSelection indirect = IndirectSelection.Eager)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            throw Fail($"Invalid selector spec \"{text}\"");
        }

        var value = match.Groups["value"].Value;
        var (method, arguments) = match.Groups["method"] is { Success: true, Value: var given } ? Method(given) : (DefaultMethod(value), []);
        return Checked(new SelectionCriteria(
            text,
            method,
            arguments,
            value,
            match.Groups["at"].Success,
            match.Groups["parents"].Success,
            Depth(match.Groups["parents_depth"].Value),
            match.Groups["children"].Success,
            Depth(match.Groups["children_depth"].Value),
            indirect));
    }

    internal static SelectionCriteria Checked(SelectionCriteria criteria) => criteria is { Children: true, ChildrensParents: true }
        ? throw Fail($"Invalid node spec {criteria.Raw} - \"@\" prefix and \"+\" suffix are incompatible")
        : criteria;

    internal static (string Method, IReadOnlyList<string> Arguments) Method(string text)
    {
        var parts = text.Split('.');
        return Methods.Contains(parts[0]) ? (parts[0], parts[1..]) : throw Fail($"'{parts[0]}' is not a valid method name");
    }

    internal static string DefaultMethod(string value) =>
        value.Contains('/', StringComparison.Ordinal) ? "path"
        : new[] { ".sql", ".py", ".csv" }.Any(e => value.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ? "file"
        : "fqn";

    static int? Depth(string text) => text.Length == 0 ? null
        : int.TryParse(text, CultureInfo.InvariantCulture, out var depth) ? depth
        : throw Fail($"Invalid node spec - could not handle parent depth {text}");

    internal static PipelineException Fail(string message) => new(PipelineErrorKind.Selection, message);

    [GeneratedRegex(
        @"\A(?<at>@)?(?<parents>(?<parents_depth>\d*)\+)?(?:(?<method>[\w.]+):)?(?<value>.*?)(?<children>\+(?<children_depth>\d*))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
