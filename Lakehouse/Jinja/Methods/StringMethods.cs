using Lakehouse.Jinja.Formatting;
using Lakehouse.Jinja.Lexing;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Methods;

internal static class StringMethods
{
    public static readonly Dictionary<string, Func<object, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["upper"] = (self, _) => Casing.Upper(Of(self)),
        ["lower"] = (self, _) => Casing.Lower(Of(self)),
        ["casefold"] = (self, _) => Casing.Lower(Casing.Upper(Of(self))),
        ["capitalize"] = (self, _) => Casing.Capitalize(Of(self)),
        ["title"] = (self, _) => Casing.Title(Of(self)),
        ["swapcase"] = (self, _) => string.Concat(Of(self).Select(c => char.IsUpper(c) ? Casing.Lower(c.ToString()) : Casing.Upper(c.ToString()))),
        ["strip"] = (self, call) => Stripping.Both(Of(self), call.Get(0, "chars")),
        ["lstrip"] = (self, call) => Stripping.Start(Of(self), call.Get(0, "chars")),
        ["rstrip"] = (self, call) => Stripping.End(Of(self), call.Get(0, "chars")),
        ["removeprefix"] = (self, call) => call.RequireText(0, "prefix") is var prefix && Of(self).StartsWith(prefix, StringComparison.Ordinal) ? Of(self)[prefix.Length..] : Of(self),
        ["removesuffix"] = (self, call) => call.RequireText(0, "suffix") is var suffix && Of(self).EndsWith(suffix, StringComparison.Ordinal) ? Of(self)[..^suffix.Length] : Of(self),
        ["split"] = (self, call) => new JinjaList(Splitting.Split(Of(self), call.Get(0, "sep"), call.Get(1, "maxsplit", -1L))),
        ["rsplit"] = (self, call) => new JinjaList(Splitting.SplitFromEnd(Of(self), call.Get(0, "sep"), call.Get(1, "maxsplit", -1L))),
        ["splitlines"] = (self, call) => new JinjaList(Splitting.Lines(Of(self), Truth.Of(call.Get(0, "keepends")))),
        ["partition"] = (self, call) => Splitting.Partition(Of(self), call.RequireText(0, "sep"), last: false),
        ["rpartition"] = (self, call) => Splitting.Partition(Of(self), call.RequireText(0, "sep"), last: true),
        ["join"] = (self, call) => Join(call, Of(self), call.Require(0, "iterable")),
        ["replace"] = (self, call) => Replace(call, Of(self), call.RequireText(0, "old"), call.RequireText(1, "new"), call.Get(2, "count", -1L)),
        ["startswith"] = (self, call) => Any(call, part => Of(self).StartsWith(part, StringComparison.Ordinal)),
        ["endswith"] = (self, call) => Any(call, part => Of(self).EndsWith(part, StringComparison.Ordinal)),
        ["find"] = (self, call) => Find(Of(self), call, last: false),
        ["rfind"] = (self, call) => Find(Of(self), call, last: true),
        ["index"] = (self, call) => Find(Of(self), call, last: false) is var at and >= 0 ? at : throw JinjaException.Value("substring not found"),
        ["rindex"] = (self, call) => Find(Of(self), call, last: true) is var at and >= 0 ? at : throw JinjaException.Value("substring not found"),
        ["count"] = (self, call) => Count(Of(self), call.RequireText(0, "sub")),
        ["format"] = (self, call) => BraceFormat.Apply(Of(self), call),
        ["zfill"] = (self, call) => ZeroFill(call, Of(self)),
        ["ljust"] = (self, call) => Of(self) + Padding(call, Of(self)),
        ["rjust"] = (self, call) => Padding(call, Of(self)) + Of(self),
        ["center"] = (self, call) => Center(call, Of(self), call.Get(1, "fillchar", " ")),
        ["expandtabs"] = (self, call) => ExpandTabs(Of(self), (int)Math.Clamp(Numbers.Index(call.Get(0, "tabsize", 8L), "tabsize"), 0, 1000)),
        ["isdigit"] = (self, _) => Each(self, char.IsDigit),
        ["isdecimal"] = (self, _) => Each(self, char.IsDigit),
        ["isnumeric"] = (self, _) => Each(self, char.IsNumber),
        ["isalpha"] = (self, _) => Each(self, char.IsLetter),
        ["isalnum"] = (self, _) => Each(self, c => char.IsLetter(c) || char.IsNumber(c)),
        ["isspace"] = (self, _) => Each(self, Whitespace.Is),
        ["isupper"] = (self, _) => Casing.IsUpper(Of(self)),
        ["islower"] = (self, _) => Casing.IsLower(Of(self)),
        ["isascii"] = (self, _) => System.Text.Ascii.IsValid(Of(self)),
        ["isidentifier"] = (self, _) => Of(self) is [var first, ..] and var text && (first == '_' || char.IsLetter(first)) && text.All(c => c == '_' || char.IsLetterOrDigit(c)),
    };

    static string Of(object self) => (string)self;

    static object Each(object self, Func<char, bool> test) => Of(self).Length > 0 && Of(self).All(test);

    static object Any(JinjaCall call, Func<string, bool> test) => call.Require(0, "prefix") switch
    {
        string text => test(text),
        JinjaTuple tuple => tuple.Items.Any(i => test(i as string ?? throw JinjaException.Type("tuple for startswith must only contain str"))),
        Undefined undefined => throw undefined.Error(),
        var other => throw JinjaException.Type($"{call.Name} first arg must be str or a tuple of str, not {TypeNames.Of(other)}"),
    };

    static string Join(JinjaCall call, string separator, object? items)
    {
        var parts = new List<string>();
        foreach (var item in Iteration.Of(items))
        {
            parts.Add(item as string ?? throw JinjaException.Type($"sequence item {parts.Count}: expected str instance, {TypeNames.Of(item)} found"));
        }

        call.Interpreter.Budget.CheckText(parts.Sum(p => (double)p.Length + separator.Length));
        return string.Join(separator, parts);
    }

    public static string Replace(JinjaCall call, string text, string old, string replacement, object? count)
    {
        var left = count is null ? -1 : Numbers.Index(count, "count");
        if (left == 0)
        {
            return text;
        }

        var parts = old.Length == 0 ? null : text.Split(old, left < 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, left + 1));
        if (parts is null)
        {
            // An empty text stands before each character and at the end.
            var characters = Text.Characters(text).ToArray();
            var places = left < 0 ? characters.Length + 1 : Math.Min(left, characters.Length + 1);
            call.Interpreter.Budget.CheckText(text.Length + ((double)places * replacement.Length));
            return string.Concat(characters.Select((c, i) => (i < places ? replacement : "") + c)) + (places > characters.Length ? replacement : "");
        }

        call.Interpreter.Budget.CheckText(text.Length + ((double)(parts.Length - 1) * (replacement.Length - old.Length)));
        return string.Join(replacement, parts);
    }

    static long Find(string text, JinjaCall call, bool last)
    {
        var part = call.RequireText(0, "sub");
        var length = Text.Length(text);
        var start = Bound(call.Get(1, "start"), 0);
        var stop = Bound(call.Get(2, "end"), length);
        if (start > stop)
        {
            return -1;
        }

        var window = Subscripts.SliceText(text, start, stop);
        var at = last ? window.LastIndexOf(part, StringComparison.Ordinal) : window.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : start + Text.CharactersBefore(window, at);

        long Bound(object? value, long otherwise) =>
            value is null ? otherwise : Numbers.Index(value, "an index") is var index && index < 0 ? Math.Max(0, index + length) : Math.Min(index, length);
    }

    static object Count(string text, string part)
    {
        if (part.Length == 0)
        {
            return Text.Length(text) + 1L;
        }

        var count = 0L;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    static string Padding(JinjaCall call, string text)
    {
        var fill = call.Get(1, "fillchar", " ") as string is { Length: 1 or 2 } one ? one : throw JinjaException.Type("The fill character must be exactly one character long");
        var missing = Math.Max(0, Numbers.Index(call.Require(0, "width"), "width") - Text.Length(text));
        call.Interpreter.Budget.CheckText(text.Length + ((double)missing * fill.Length));
        return string.Concat(Enumerable.Repeat(fill, (int)missing));
    }

    public static string Center(JinjaCall call, string text, object? fillValue)
    {
        var width = Numbers.Index(call.Get(0, "width", 80L), "width");
        call.Interpreter.Budget.CheckText(width);
        var missing = (int)Math.Max(0, width - Text.Length(text));
        var left = (missing / 2) + (missing & (int)width & 1);
        var fill = fillValue is string { Length: 1 } one ? one[0] : throw JinjaException.Type("The fill character must be exactly one character long");
        return new string(fill, left) + text + new string(fill, missing - left);
    }

    static string ZeroFill(JinjaCall call, string text)
    {
        var width = Numbers.Index(call.Require(0, "width"), "width");
        call.Interpreter.Budget.CheckText(width);
        var missing = (int)Math.Max(0, width - Text.Length(text));
        return text is ['+' or '-', ..] ? text[0] + new string('0', missing) + text[1..] : new string('0', missing) + text;
    }

    static string ExpandTabs(string text, int size)
    {
        var result = new System.Text.StringBuilder();
        var column = 0;
        foreach (var c in text)
        {
            if (c == '\t')
            {
                var spaces = size == 0 ? 0 : size - (column % size);
                result.Append(' ', spaces);
                column += spaces;
            }
            else
            {
                result.Append(c);
                column = c is '\n' or '\r' ? 0 : column + 1;
            }
        }

        return result.ToString();
    }
}
