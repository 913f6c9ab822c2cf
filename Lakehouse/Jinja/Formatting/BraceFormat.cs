using System.Text;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Jinja.Formatting;

/// <summary>Python's <c>str.format</c>: fields by position or name, with attributes, items, <c>!r</c> and format specifications.</summary>
internal static class BraceFormat
{
    public static string Apply(string format, JinjaCall call)
    {
        var next = 0;
        return Apply(format, call, ref next, nested: false);
    }

    static string Apply(string format, JinjaCall call, ref int next, bool nested)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (c is '{' or '}' && i + 1 < format.Length && format[i + 1] == c && !nested)
            {
                result.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = Close(format, i);
                result.Append(Field(format[(i + 1)..end], call, ref next));
                call.Interpreter.Budget.CheckText(result.Length);
                i = end;
            }
            else
            {
                result.Append(c == '}' ? throw JinjaException.Value("Single '}' encountered in format string") : c);
            }
        }

        return result.ToString();
    }

    static int Close(string format, int open)
    {
        var depth = 0;
        for (var i = open; i < format.Length; i++)
        {
            depth += format[i] == '{' ? 1 : format[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        throw JinjaException.Value("Single '{' encountered in format string");
    }

    static string Field(string field, JinjaCall call, ref int next)
    {
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var head = colon < 0 ? field : field[..colon];
        var specification = colon < 0 ? "" : Apply(field[(colon + 1)..], call, ref next, nested: true);
        var bang = head.IndexOf('!', StringComparison.Ordinal);
        var conversion = bang < 0 ? "" : head[(bang + 1)..];
        var value = Lookup(bang < 0 ? head : head[..bang], call, ref next);
        value = conversion switch
        {
            "" => value,
            "r" or "a" => Repr.Of(value),
            "s" => Text.Of(value),
            _ => throw JinjaException.Value($"Unknown conversion specifier {conversion}"),
        };
        return FormatSpecification.Apply(value, specification, call);
    }

    static object? Lookup(string path, JinjaCall call, ref int next)
    {
        var end = path.AsSpan().IndexOfAny('.', '[');
        var first = end < 0 ? path : path[..end];
        object? value;
        if (first.Length == 0 || int.TryParse(first, out _))
        {
            var index = first.Length == 0 ? next++ : int.Parse(first, System.Globalization.CultureInfo.InvariantCulture);
            value = index < call.Positional.Count ? call.Positional[index] : throw JinjaException.Value($"Replacement index {index} out of range for positional args tuple");
        }
        else
        {
            value = call.TryGet(int.MaxValue, first, out var named) ? named : throw JinjaException.Value(Repr.Of(first));
        }

        var rest = end < 0 ? "" : path[end..];
        while (rest.Length > 0)
        {
            if (rest[0] == '[')
            {
                var close = rest.IndexOf(']', StringComparison.Ordinal);
                var key = close < 0 ? throw JinjaException.Value("Missing ']' in format string") : rest[1..close];
                value = Attributes.GetItem(value, long.TryParse(key, out var number) ? number : key);
                rest = rest[(close + 1)..];
            }
            else
            {
                var stop = rest.AsSpan(1).IndexOfAny('.', '[');
                value = Attributes.Get(value, stop < 0 ? rest[1..] : rest[1..(stop + 1)]);
                rest = stop < 0 ? "" : rest[(stop + 1)..];
            }
        }

        return value;
    }
}
