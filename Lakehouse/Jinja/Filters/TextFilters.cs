using System.Text;
using System.Text.RegularExpressions;
using Lakehouse.Jinja.Formatting;
using Lakehouse.Jinja.Methods;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Jinja.Filters;

/// <summary>Filters on text; other values are taken as their text.</summary>
internal static partial class TextFilters
{
    public static readonly Dictionary<string, Func<object?, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["upper"] = (value, _) => Casing.Upper(Text.Of(value)),
        ["lower"] = (value, _) => Casing.Lower(Text.Of(value)),
        ["capitalize"] = (value, _) => Casing.Capitalize(Text.Of(value)),
        ["title"] = (value, _) => WordStart().Replace(Text.Of(value), word => Casing.Capitalize(word.Value)),
        ["trim"] = (value, call) => Stripping.Both(Text.Of(value), call.Get(0, "chars")),
        ["replace"] = (value, call) => StringMethods.Replace(call, Text.Of(value), Text.Of(call.Require(0, "old")), Text.Of(call.Require(1, "new")), call.Get(2, "count")),
        ["center"] = (value, call) => StringMethods.Center(call, Text.Of(value), " "),
        ["format"] = Format,
        ["indent"] = Indent,
        ["truncate"] = Truncate,
        ["wordcount"] = (value, _) => (long)Word().Count(Text.Of(value)),
        ["wordwrap"] = WordWrap,
    };

    static string Format(object? value, JinjaCall call)
    {
        if (call.Positional.Count > 0 && call.Named.Count > 0)
        {
            throw JinjaException.Type("can't handle positional and keyword arguments at the same time");
        }

        object arguments = call.Named.Count > 0 ? new JinjaDict(call.Named) : new JinjaTuple([.. call.Positional]);
        return PercentFormat.Apply(call.Interpreter.Budget, Text.Of(value), arguments);
    }

    static string Indent(object? value, JinjaCall call)
    {
        var width = call.Get(0, "width", 4L);
        var indention = width as string ?? new string(' ', (int)Math.Clamp(Numbers.Index(width, "width"), 0, 10_000));
        var blank = Truth.Of(call.Get(2, "blank", false));
        var lines = Text.Of(value).Split('\n');
        call.Interpreter.Budget.CheckText(Text.Of(value).Length + ((double)lines.Length * indention.Length));
        var result = new StringBuilder(Truth.Of(call.Get(1, "first", false)) ? indention : "").Append(lines[0]);
        foreach (var line in lines.Skip(1))
        {
            result.Append('\n').Append(line.Length > 0 || blank ? indention : "").Append(line);
        }

        return result.ToString();
    }

    static string Truncate(object? value, JinjaCall call)
    {
        var text = Text.Of(value);
        var length = Numbers.Index(call.Get(0, "length", 255L), "length");
        var end = Text.Of(call.Get(2, "end", "..."));
        var leeway = call.Get(3, "leeway") is { } given ? Numbers.Index(given, "leeway") : 5;
        if (length < Text.Length(end))
        {
            throw JinjaException.Value($"expected length >= {Text.Length(end)}, got {length}");
        }

        if (Text.Length(text) <= length + leeway)
        {
            return text;
        }

        var cut = Subscripts.SliceText(text, 0, length - Text.Length(end));
        var space = cut.LastIndexOf(' ');
        return (Truth.Of(call.Get(1, "killwords", false)) || space < 0 ? cut : cut[..space]) + end;
    }

    static string WordWrap(object? value, JinjaCall call)
    {
        var width = (int)Math.Clamp(Numbers.Index(call.Get(0, "width", 79L), "width"), 1, int.MaxValue);
        var breakLong = Truth.Of(call.Get(1, "break_long_words", true));
        var separator = call.Get(2, "wrapstring") as string ?? "\n";
        var onHyphens = Truth.Of(call.Get(3, "break_on_hyphens", true));
        return string.Join(separator, Splitting.Lines(Text.Of(value), keepEnds: false).Select(line => string.Join(separator, Wrap((string)line!, width, breakLong, onHyphens))));
    }

    static List<string> Wrap(string line, int width, bool breakLong, bool onHyphens)
    {
        var lines = new List<string>();
        var current = new StringBuilder();
        foreach (Match chunk in (onHyphens ? HyphenChunk() : Chunk()).Matches(line))
        {
            var piece = chunk.Value;
            if (current.Length + piece.Length > width && current.Length > 0)
            {
                lines.Add(current.ToString().TrimEnd(' '));
                current.Clear();
                piece = piece.TrimStart(' ');
            }

            while (breakLong && piece.Length > width)
            {
                lines.Add(piece[..width]);
                piece = piece[width..];
            }

            current.Append(piece);
        }

        if (current.ToString().TrimEnd(' ') is { Length: > 0 } rest)
        {
            lines.Add(rest);
        }

        return lines;
    }

    [GeneratedRegex(@"[^-\s({\[<]+", RegexOptions.None, 5000)]
    private static partial Regex WordStart();

    [GeneratedRegex(@"\w+", RegexOptions.None, 5000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\s+|\S+", RegexOptions.None, 5000)]
    private static partial Regex Chunk();

    [GeneratedRegex(@"\s+|[^\s-]+-+(?=\w)|\S+?(?=\s|$|-\w)-?|\S+", RegexOptions.None, 5000)]
    private static partial Regex HyphenChunk();
}
