using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Modules;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Pipelines.Context;

/// <summary>YAML as <c>fromyaml</c> reads and <c>toyaml</c> writes it.</summary>
internal static partial class YamlText
{
    /// <exception cref="YamlException">It is not valid.</exception>
    public static object? Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count > 0 ? Value(stream.Documents[0].RootNode, 0) : null;
    }

    static object? Value(YamlNode node, int depth)
    {
        if (depth > 100)
        {
            throw JinjaException.Value("the YAML is nested too deeply");
        }

        switch (node)
        {
            case YamlSequenceNode sequence:
                return new JinjaList([.. sequence.Children.Select(c => Value(c, depth + 1))]);
            case YamlMappingNode mapping:
                var dict = new JinjaDict();
                foreach (var (key, value) in mapping.Children)
                {
                    dict.Set(Value(key, depth + 1), Value(value, depth + 1));
                }

                return dict;
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } when Date().IsMatch(text) && DateOnly.TryParseExact(text, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                return new PythonDate(date);
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } when Time().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time):
                return Zoned().IsMatch(text) ? new PythonDateTime(time) : new PythonDateTime(time.DateTime);
            default:
                return YamlScalars.Value(node);
        }
    }

    public static string Write(object? value, bool sortKeys)
    {
        var result = new StringBuilder();
        Append(result, value, 0, sortKeys, inList: false);
        var text = result.ToString();
        return value is JinjaDict { Count: > 0 } or JinjaList { Items.Count: > 0 } or JinjaTuple { Items.Count: > 0 } ? text : text + (value is JinjaDict or JinjaList or JinjaTuple ? "\n" : "\n...\n");
    }

    static void Append(StringBuilder result, object? value, int indent, bool sortKeys, bool inList)
    {
        switch (value)
        {
            case JinjaDict { Count: 0 }:
                result.Append("{}");
                break;
            case JinjaList { Items.Count: 0 } or JinjaTuple { Items.Count: 0 }:
                result.Append("[]");
                break;
            case JinjaDict dict:
                var entries = dict.Entries;
                if (sortKeys)
                {
                    entries = entries.OrderBy(e => Text.Of(e.Key), StringComparer.Ordinal);
                }

                var first = true;
                foreach (var (key, item) in entries)
                {
                    result.Append(first && inList ? "" : new string(' ', indent)).Append(Scalar(key)).Append(':');
                    first = false;
                    Nested(result, item, item is JinjaDict ? indent + 2 : indent, sortKeys);
                }

                break;
            case JinjaList or JinjaTuple:
                var firstItem = true;
                foreach (var item in Iteration.Of(value))
                {
                    result.Append(firstItem && inList ? "" : new string(' ', indent)).Append("- ");
                    firstItem = false;
                    if (item is JinjaDict { Count: > 0 } or JinjaList { Items.Count: > 0 } or JinjaTuple { Items.Count: > 0 })
                    {
                        Append(result, item, indent + 2, sortKeys, inList: true);
                    }
                    else
                    {
                        Append(result, item, 0, sortKeys, inList: false);
                        result.Append('\n');
                    }
                }

                break;
            default:
                result.Append(Scalar(value));
                break;
        }
    }

    static void Nested(StringBuilder result, object? item, int indent, bool sortKeys)
    {
        if (item is JinjaDict { Count: > 0 } or JinjaList { Items.Count: > 0 } or JinjaTuple { Items.Count: > 0 })
        {
            result.Append('\n');
            Append(result, item, indent, sortKeys, inList: false);
            return;
        }

        result.Append(' ');
        Append(result, item, 0, sortKeys, inList: false);
        result.Append('\n');
    }

    static string Scalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long or BigInteger => Text.Of(value),
        double number => double.IsNaN(number) ? ".nan" : double.IsInfinity(number) ? (number > 0 ? ".inf" : "-.inf") : Text.Of(value),
        string text => Quoted(text),
        PythonDate or PythonDateTime => Text.Of(value),
        _ => throw JinjaException.Type($"cannot represent an object: {Text.Of(value)}"),
    };

    static string Quoted(string text)
    {
        if (text.Any(c => c is '\n' or '\t' || char.IsControl(c)))
        {
            return Json.Write(text);
        }

        var plain = PlainText().IsMatch(text) && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal) && !text.EndsWith(':')
            && Value(new YamlScalarNode(text) { Style = ScalarStyle.Plain }, 0) is string;
        return plain ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    [GeneratedRegex(@"^\d{4}-\d\d?-\d\d?$", RegexOptions.ECMAScript, 1000)]
    private static partial Regex Date();

    [GeneratedRegex(@"^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$", RegexOptions.ECMAScript, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"(?:Z|[-+]\d\d?(?::\d\d)?)$", RegexOptions.ECMAScript, 1000)]
    private static partial Regex Zoned();

    [GeneratedRegex(@"^(?:[^\s\-?:,\[\]{}#&*!|>'""%@`=]|[-?:][^\s])(?:.*[^\s])?$", RegexOptions.None, 1000)]
    private static partial Regex PlainText();
}
