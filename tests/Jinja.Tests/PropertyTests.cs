using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Jinja.Values;
using static Lakehouse.Jinja.Tests.Templates;

namespace Lakehouse.Jinja.Tests;

/// <summary>Properties that hold for any input. The seed of a failure is in its message.</summary>
public sealed class PropertyTests(ITestOutputHelper output)
{
    static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "x", "1", "2.5", "'a'", "\"b\"", "[", "]", "(", ")", "{", "}", "|", ".", ",", ":", "~", "=", "==", "<", "if", "else", "elif", "endif", "for", "in",
        "endfor", "set", "endset", "macro", "m", "endmacro", "call", "endcall", "raw", "endraw", "not", "is", "and", "or", "defined", "upper", "join", "loop", "recursive", "range", "none", "true", "**", "//", "%",
        "filter", "endfilter", "with", "endwith", "do", "caller", "varargs", "items", "append", "\\", "__class__", "é", "🎈",
    ];

    void Check<T>(Gen<T> gen, Func<T, bool> property)
    {
        var seed = Soak.Seed;
        output.WriteLine($"seed {seed}");
        var config = Config.QuickThrowOnFailure.WithMaxTest(Soak.Scale(5000)).WithReplay((ulong)(uint)seed, 1UL | 1);
        Prop.ForAll(Arb.From(gen), property).Check(config);
    }

    [Fact]
    public void Any_text_renders_or_fails_as_a_template() => Check(
        Gen.ListOf(Gen.Elements(Pieces)),
        pieces =>
        {
            try
            {
                var text = string.Join(pieces.Count % 2 == 0 ? "" : " ", pieces);
                new JinjaEnvironment { Limits = new JinjaLimits(Steps: 100_000, Output: 100_000) }.Parse("t", text).Render(new Dictionary<string, object?> { ["x"] = List(1L, "a") });
                return true;
            }
            catch (JinjaException error)
            {
                return error.Line > 0 && error.Template == "t";
            }
        });

    [Fact]
    public void Text_without_marks_is_itself() => Check(
        Gen.ListOf(Gen.Elements("a", " ", "\n", "{", "}", "%", "#", "'", "\"", "é", "\t")).Select(string.Concat).Where(t => !t.Contains("{{") && !t.Contains("{%") && !t.Contains("{#")),
        text => Render(text) == (text.EndsWith('\n') ? text[..^1] : text));

    static Gen<object?> Value(int depth) => depth == 0
        ? Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>().Select(v => (object?)v),
            ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(v => (object?)v),
            Gen.ListOf(Gen.Elements("a", "'", "\"", "\\", "\n", "\t", "é", "🎈", "\u200b", "{", "%")).Select(v => (object?)string.Concat(v)),
            Gen.Elements<object?>(true, false, null))
        : Gen.OneOf(
            Value(0),
            Gen.ListOf(Value(depth - 1)).Select(v => (object?)new JinjaList([.. v])),
            Gen.ListOf(Value(depth - 1)).Select(v => (object?)new JinjaTuple([.. v])),
            Gen.ListOf(Gen.Zip(Value(0), Value(depth - 1))).Select(v =>
            {
                var dict = new JinjaDict();
                foreach (var (key, item) in v)
                {
                    dict.Set(key, item);
                }

                return (object?)dict;
            }));

    [Fact]
    public void A_value_s_repr_is_an_expression_of_the_same_value() => Check(
        Value(2),
        value => Render($"{{{{ ({Repr.Of(value)}) == v and ({Repr.Of(value)}) | string == v | string }}}}", ("v", value)) == "True");

    [Fact]
    public void Integers_have_no_bound() => Check(
        Gen.Zip(ArbMap.Default.GeneratorFor<long>(), ArbMap.Default.GeneratorFor<long>()).Select(p => (new BigInteger(p.Item1) * p.Item2, new BigInteger(p.Item2))),
        pair =>
        {
            var (a, b) = pair;
            var quotient = b.IsZero ? "0" : BigInteger.Divide(a - (((a % b) + b) % b), b).ToString();
            return Render("{{ a + b }} {{ a - b }} {{ a * b }} {{ a // b if b else 0 }}", ("a", Numbers.Normal(a)), ("b", Numbers.Normal(b))) == $"{a + b} {a - b} {a * b} {quotient}";
        });

    [Fact]
    public void Slices_are_those_of_the_reference() => Check(
        Gen.Zip(Gen.Zip(Gen.Choose(0, 6), Gen.Choose(-3, 3).Where(s => s != 0)), Gen.Zip(Gen.Choose(-8, 8), Gen.Choose(-8, 8))),
        input =>
        {
            var ((length, step), (start, stop)) = input;
            var items = Enumerable.Range(0, length).Select(i => (object?)(long)i).ToArray();
            var expected = Reference(length, start, stop, step).Select(i => items[i]);
            return Render($"{{{{ x[{start}:{stop}:{step}] }}}}", ("x", new JinjaList([.. items]))) == Repr.Of(new JinjaList([.. expected]));
        });

    /// <summary>The definition in Python's documentation: bounds are moved into the sequence, then it is walked from one to the other.</summary>
    static IEnumerable<int> Reference(int length, int start, int stop, int step)
    {
        start = start < 0 ? start + length : start;
        stop = stop < 0 ? stop + length : stop;
        for (var i = step > 0 ? Math.Max(start, 0) : Math.Min(start, length - 1); step > 0 ? i < Math.Min(stop, length) : i > Math.Max(stop, -1); i += step)
        {
            yield return i;
        }
    }

    [Fact]
    public void Sorting_is_stable_and_in_order() => Check(
        Gen.ListOf(Gen.Zip(Gen.Choose(0, 4), Gen.Choose(0, 1000))),
        pairs =>
        {
            var list = new JinjaList([.. pairs.Select(p => (object?)new JinjaTuple([(long)p.Item1, (long)p.Item2]))]);
            var expected = new JinjaList([.. pairs.OrderBy(p => p.Item1).Select(p => (object?)new JinjaTuple([(long)p.Item1, (long)p.Item2]))]);
            return Render("{{ x | sort(attribute='0') }}", ("x", list)) == Repr.Of(expected);
        });
}
