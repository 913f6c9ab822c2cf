using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Jinja.Filters;

/// <summary>Filters for HTML and URLs.</summary>
internal static partial class MarkupFilters
{
    public static readonly Dictionary<string, Func<object?, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["escape"] = (value, _) => Escape(Text.Of(value)),
        ["e"] = (value, _) => Escape(Text.Of(value)),
        ["forceescape"] = (value, _) => Escape(Text.Of(value)),
        ["striptags"] = (value, _) => Blank().Replace(Tag().Replace(Text.Of(value), ""), " ").Trim(),
        ["urlencode"] = UrlEncode,
        ["xmlattr"] = XmlAttributes,
    };

    static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);

    static string UrlEncode(object? value, JinjaCall call)
    {
        if (value is string || !Iteration.TryGet(value, out var items))
        {
            return Quote(Text.Of(value), "/", spaceAsPlus: false);
        }

        var pairs = value is JinjaDict dict ? dict.Entries.Select(e => (e.Key, e.Value)) : items.Select(i => Iteration.Of(i).ToArray() is [var k, var v] ? (k, v) : throw JinjaException.Value("urlencode expects pairs"));
        return string.Join('&', pairs.Select(p => $"{Quote(Text.Of(p.Item1), "", spaceAsPlus: true)}={Quote(Text.Of(p.Item2), "", spaceAsPlus: true)}"));
    }

    static string Quote(string text, string safe, bool spaceAsPlus)
    {
        var result = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            result.Append(char.IsAsciiLetterOrDigit(c) || "_.-~".Contains(c, StringComparison.Ordinal) || safe.Contains(c, StringComparison.Ordinal) ? c.ToString()
                : c == ' ' && spaceAsPlus ? "+"
                : "%" + b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }

    static string XmlAttributes(object? value, JinjaCall call)
    {
        var dict = value as JinjaDict ?? throw JinjaException.Type($"xmlattr requires a mapping, not {TypeNames.Of(value)}");
        var attributes = dict.Entries.Where(e => e.Value is not null and not Undefined).Select(e => Text.Of(e.Key).AsSpan().IndexOfAny(" \t\n\r/>=") >= 0
            ? throw JinjaException.Value($"Invalid character in attribute name: {Repr.Of(e.Key)}")
            : $"{Escape(Text.Of(e.Key))}=\"{Escape(Text.Of(e.Value))}\"");
        var text = string.Join(' ', attributes);
        return text.Length > 0 && Truth.Of(call.Get(0, "autospace", true)) ? " " + text : text;
    }

    [GeneratedRegex(@"<!--.*?-->|<[^>]*>", RegexOptions.Singleline, 5000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+", RegexOptions.None, 5000)]
    private static partial Regex Blank();
}
