using System.Text;
using System.Text.RegularExpressions;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Jinja.Modules;

/// <summary>Python's <c>re</c>. Patterns are the framework's but for the spelling of named groups, of <c>\Z</c> and of <c>\A</c>; each match has a second at most.</summary>
internal static partial class RegexModule
{
    const string Unnamed = "unnamed__";
    const long IgnoreCase = 2;
    const long Multiline = 8;
    const long DotAll = 16;
    const long Verbose = 64;

    public static PythonModule Module { get; } = PythonModule.Of(
        "re",
        ("IGNORECASE", IgnoreCase), ("I", IgnoreCase), ("MULTILINE", Multiline), ("M", Multiline), ("DOTALL", DotAll), ("S", DotAll), ("VERBOSE", Verbose), ("X", Verbose),
        ("ASCII", 256L), ("A", 256L), ("UNICODE", 32L), ("U", 32L),
        Function("compile", call => new Pattern(call.RequireText(0, "pattern"), Flags(call, 1))),
        Function("match", call => Compiled(call, 2).Match(call.RequireText(1, "string"))),
        Function("fullmatch", call => Compiled(call, 2).FullMatch(call.RequireText(1, "string"))),
        Function("search", call => Compiled(call, 2).Search(call.RequireText(1, "string"))),
        Function("findall", call => Compiled(call, 2).FindAll(call.RequireText(1, "string"))),
        Function("finditer", call => Compiled(call, 2).FindIter(call.RequireText(1, "string"))),
        Function("split", call => Compiled(call, 3).Split(call.RequireText(1, "string"), Numbers.Index(call.Get(2, "maxsplit", 0L), "maxsplit"))),
        Function("sub", call => Compiled(call, 4).Substitute(call, call.Require(1, "repl"), call.RequireText(2, "string"), Numbers.Index(call.Get(3, "count", 0L), "count")).Text),
        Function("subn", call => Compiled(call, 4).Substitute(call, call.Require(1, "repl"), call.RequireText(2, "string"), Numbers.Index(call.Get(3, "count", 0L), "count")) is var (text, count) ? new JinjaTuple([text, count]) : null),
        Function("escape", call => Special().Replace(call.RequireText(0, "pattern"), @"\$0")));

    static (string Name, object? Member) Function(string name, Func<JinjaCall, object?> body) => (name, new JinjaFunction(name, call =>
    {
        try
        {
            return body(call);
        }
        catch (RegexMatchTimeoutException)
        {
            throw JinjaException.Limit("the regular expression takes too long");
        }
    }));

    static long Flags(JinjaCall call, int position) => Numbers.Index(call.Get(position, "flags", 0L), "flags");

    static Pattern Compiled(JinjaCall call, int flags) => call.Require(0, "pattern") as Pattern ?? new Pattern(call.RequireText(0, "pattern"), Flags(call, flags));

    [GeneratedRegex(@"[\\.^$*+?{}\[\]|()\-&~# \t\n\r\v\f]", RegexOptions.None, 1000)]
    private static partial Regex Special();

    [GeneratedRegex(@"\\.|\(\?P<|\(\?P=(?<name>\w+)\)", RegexOptions.Singleline, 1000)]
    private static partial Regex PythonOnly();

    [GeneratedRegex(@"\\(?:g<(?<name>\w+)>|(?<number>\d{1,2})|(?<escape>.))", RegexOptions.Singleline, 1000)]
    private static partial Regex Reference();

    sealed class Pattern : JinjaObject
    {
        readonly string pattern;
        readonly Regex regex;
        readonly Regex anchored;
        readonly Regex full;

        public Pattern(string pattern, long flags)
        {
            this.pattern = pattern;
            var translated = PythonOnly().Replace(pattern, m => m.Value switch
            {
                "(?P<" => "(?<",
                @"\Z" => @"\z",
                _ when m.Groups["name"].Success => $@"\k<{m.Groups["name"].Value}>",
                _ => m.Value,
            });
            translated = translated.Contains("(?<", StringComparison.Ordinal) ? InOrder(translated) : translated;
            var options = RegexOptions.CultureInvariant
                | ((flags & IgnoreCase) != 0 ? RegexOptions.IgnoreCase : RegexOptions.None) | ((flags & Multiline) != 0 ? RegexOptions.Multiline : RegexOptions.None)
                | ((flags & DotAll) != 0 ? RegexOptions.Singleline : RegexOptions.None) | ((flags & Verbose) != 0 ? RegexOptions.IgnorePatternWhitespace : RegexOptions.None);
            try
            {
                var limit = TimeSpan.FromSeconds(1);
                regex = new Regex(translated, options, limit);
                anchored = new Regex($@"\G(?:{translated})", options, limit);
                full = new Regex($@"\G(?:{translated})\z", options, limit);
            }
            catch (ArgumentException error)
            {
                throw JinjaException.Value($"invalid regular expression {Repr.Of(pattern)}: {error.Message}");
            }
        }

        /// <summary>Names the groups without a name: the framework numbers those before named ones, Python all as they come.</summary>
        static string InOrder(string pattern)
        {
            var result = new StringBuilder();
            var inClass = false;
            for (var i = 0; i < pattern.Length; i++)
            {
                var c = pattern[i];
                result.Append(c);
                if (c == '\\' && i + 1 < pattern.Length)
                {
                    result.Append(pattern[++i]);
                }
                else if (inClass || c == '[')
                {
                    inClass = c != ']';
                }
                else if (c == '(' && (i + 1 == pattern.Length || pattern[i + 1] != '?'))
                {
                    result.Append(System.Globalization.CultureInfo.InvariantCulture, $"?<{Unnamed}{i}>");
                }
            }

            return result.ToString();
        }

        public override string TypeName => "re.Pattern";

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name switch
            {
                "pattern" => pattern,
                "groups" => regex.GetGroupNumbers().Length - 1L,
                "match" => Method(name, call => Match(call.RequireText(0, "string"))),
                "fullmatch" => Method(name, call => FullMatch(call.RequireText(0, "string"))),
                "search" => Method(name, call => Search(call.RequireText(0, "string"))),
                "findall" => Method(name, call => FindAll(call.RequireText(0, "string"))),
                "finditer" => Method(name, call => FindIter(call.RequireText(0, "string"))),
                "split" => Method(name, call => Split(call.RequireText(0, "string"), Numbers.Index(call.Get(1, "maxsplit", 0L), "maxsplit"))),
                "sub" => Method(name, call => Substitute(call, call.Require(0, "repl"), call.RequireText(1, "string"), Numbers.Index(call.Get(2, "count", 0L), "count")).Text),
                _ => null,
            };
            return value is not null;
        }

        static object? Method(string name, Func<JinjaCall, object?> body) => Function(name, body).Member;

        public object? Match(string text) => Result.Of(anchored.Match(text), regex, text);

        public object? FullMatch(string text) => Result.Of(full.Match(text), regex, text);

        public object? Search(string text) => Result.Of(regex.Match(text), regex, text);

        public JinjaList FindAll(string text) => new(regex.Matches(text).Select(m => m.Groups.Count switch
        {
            1 => (object?)m.Value,
            2 => m.Groups[1].Value,
            _ => new JinjaTuple([.. m.Groups.Values.Skip(1).Select(g => (object?)g.Value)]),
        }));

        public JinjaIterator FindIter(string text) => new(regex.Matches(text).Select(m => Result.Of(m, regex, text)), "callable_iterator");

        public JinjaList Split(string text, long most)
        {
            var parts = new List<object?>();
            var at = 0;
            foreach (var match in regex.Matches(text).Take(most > 0 ? (int)most : int.MaxValue))
            {
                parts.Add(text[at..match.Index]);
                parts.AddRange(match.Groups.Values.Skip(1).Select(g => g.Success ? (object?)g.Value : null));
                at = match.Index + match.Length;
            }

            parts.Add(text[at..]);
            return new JinjaList(parts);
        }

        public (string Text, long Count) Substitute(JinjaCall call, object? replacement, string text, long most)
        {
            var result = new StringBuilder();
            var (at, count) = (0, 0L);
            foreach (var match in regex.Matches(text).Take(most > 0 ? (int)most : int.MaxValue))
            {
                result.Append(text, at, match.Index - at).Append(replacement is string template ? Expand(template, match) : Text.Of(call.Call(replacement, Result.Of(match, regex, text))));
                call.Interpreter.Budget.CheckText(result.Length);
                at = match.Index + match.Length;
                count++;
            }

            return (result.Append(text, at, text.Length - at).ToString(), count);
        }

        static string Expand(string template, Match match) => Reference().Replace(template, m =>
        {
            var group = m.Groups["name"].Success ? m.Groups["name"].Value : m.Groups["number"].Value;
            if (group.Length > 0)
            {
                return int.TryParse(group, out var number) && number < match.Groups.Count ? match.Groups[number].Value
                    : match.Groups.ContainsKey(group) ? match.Groups[group].Value
                    : throw JinjaException.Value($"invalid group reference {group}");
            }

            return m.Groups["escape"].Value switch { "n" => "\n", "t" => "\t", "r" => "\r", "\\" => "\\", var other => "\\" + other };
        });

        public override string ToString() => $"re.compile({Repr.Of(pattern)})";
    }

    sealed class Result(Match match, Regex regex, string text) : JinjaObject
    {
        public override string TypeName => "re.Match";

        public static object? Of(Match match, Regex regex, string text) => match.Success ? new Result(match, regex, text) : null;

        Group Find(object? key) => key switch
        {
            long number when number >= 0 && number < match.Groups.Count => match.Groups[(int)number],
            string name when match.Groups.ContainsKey(name) => match.Groups[name],
            _ => throw JinjaException.Value("no such group"),
        };

        static object? ValueOf(Group group) => group.Success ? group.Value : null;

        long Place(int index) => Text.CharactersBefore(text, index);

        public override bool TryGetItem(object? key, out object? value)
        {
            value = ValueOf(Find(key));
            return true;
        }

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name switch
            {
                "group" => new JinjaFunction(name, call => call.Positional.Count switch
                {
                    0 => match.Value,
                    1 => ValueOf(Find(call.Positional[0])),
                    _ => new JinjaTuple([.. call.Positional.Select(p => ValueOf(Find(p)))]),
                }),
                "groups" => new JinjaFunction(name, call => new JinjaTuple([.. match.Groups.Values.Skip(1).Select(g => ValueOf(g) ?? call.Get(0, "default"))])),
                "groupdict" => new JinjaFunction(name, call => new JinjaDict(regex.GetGroupNames().Where(n => !char.IsAsciiDigit(n[0]) && !n.StartsWith(Unnamed, StringComparison.Ordinal)).Select(n => KeyValuePair.Create(n, ValueOf(match.Groups[n]) ?? call.Get(0, "default"))))),
                "start" => new JinjaFunction(name, call => Find(call.Get(0, "group", 0L)) is { Success: true } group ? Place(group.Index) : -1L),
                "end" => new JinjaFunction(name, call => Find(call.Get(0, "group", 0L)) is { Success: true } group ? Place(group.Index + group.Length) : -1L),
                "span" => new JinjaFunction(name, call => Find(call.Get(0, "group", 0L)) is { Success: true } group ? new JinjaTuple([Place(group.Index), Place(group.Index + group.Length)]) : new JinjaTuple([-1L, -1L])),
                "string" => text,
                "lastindex" => match.Groups.Values.Skip(1).Where(g => g.Success).Select((_, i) => (object?)(i + 1L)).LastOrDefault(),
                _ => null,
            };
            return value is not null;
        }

        public override string ToString() => $"<re.Match object; span=({Place(match.Index)}, {Place(match.Index + match.Length)}), match={Repr.Of(match.Value)}>";
    }
}
