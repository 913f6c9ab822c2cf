using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Sources.Lines;

namespace Lakehouse.Sources.Tests.Lines;

public sealed class JsonLineScannerTests(ITestOutputHelper output)
{
    static readonly FieldPlan Plan = FieldPlan.TryCreate([["a"], ["_source", "b"], ["_source", "c"], ["é"]])!;

    [Fact]
    public void Every_line_is_what_the_frameworks_reader_says()
    {
        Check(LineGenerator.Line, line =>
        {
            var expected = ReferenceJson.KindOf(line);
            var scan = JsonLineScanner.Scan(line);
            var kind = scan.Kind != LineKind.Blank && !Utf8.IsValid(line) ? LineKind.Malformed : scan.Kind;
            return kind == expected && scan.End == line.Length;
        });
    }

    [Fact]
    public void Lines_of_a_buffer_are_scanned_as_if_each_stood_alone()
    {
        Check(Gen.ListOf(LineGenerator.Line), lines =>
        {
            byte[] text = [.. lines.SelectMany(l => l.Append((byte)'\n'))];
            var start = 0;
            foreach (var line in lines)
            {
                var alone = JsonLineScanner.Scan(line);
                var among = JsonLineScanner.Scan(text, start, FieldPlan.Nothing, []);
                if (among.Kind != alone.Kind || among.End - start != line.Length)
                {
                    return false;
                }

                start = among.End + 1;
            }

            return start == text.Length;
        });
    }

    [Fact]
    public void Fields_are_those_that_the_frameworks_parser_finds()
    {
        var found = 0;
        Check(LineGenerator.Line, line =>
        {
            var values = new FieldValue[Plan.Slots];
            var scan = JsonLineScanner.Scan(line, 0, Plan, values);
            if (scan.Kind != LineKind.Object || scan.IsAmbiguous || !Utf8.IsValid(line) || ReferenceJson.KindOf(line) != LineKind.Object)
            {
                return true;
            }

            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = JsonLineScanner.MaxDepth });
            var root = document.RootElement;
            var source = root.TryGetProperty("_source", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : default;
            found += values.Count(v => v.Kind != FieldKind.Missing);
            return Same(line, values[0], Find(root, "a")) && Same(line, values[1], Find(source, "b")) && Same(line, values[2], Find(source, "c")) && Same(line, values[3], Find(root, "é"));
        });
        Assert.True(found > 10, "the lines had hardly a field");
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", true)]
    [InlineData("""{"_source":{"b":1,"b":1}}""", true)]
    [InlineData("""{"_source":{},"_source":{}}""", true)]
    [InlineData("""{"\u0061":2}""", true)]
    [InlineData("""{"x":1,"x":2}""", false)]
    [InlineData("""{"a":1,"_source":{"a":1,"x":{"b":1}}}""", false)]
    [InlineData("""{"a":{"a":1}}""", false)]
    public void What_parsers_may_read_in_two_ways_is_called_ambiguous(string line, bool expected) =>
        Assert.Equal(expected, JsonLineScanner.Scan(Encoding.UTF8.GetBytes(line), 0, Plan, new FieldValue[Plan.Slots]).IsAmbiguous);

    [Fact]
    public void Depth_is_limited()
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
        Assert.Equal(LineKind.Object, JsonLineScanner.Scan(Encoding.UTF8.GetBytes(Nested(JsonLineScanner.MaxDepth))).Kind);
        Assert.Equal(LineKind.Malformed, JsonLineScanner.Scan(Encoding.UTF8.GetBytes(Nested(JsonLineScanner.MaxDepth + 1))).Kind);
        Assert.Equal(LineKind.Malformed, JsonLineScanner.Scan(Encoding.UTF8.GetBytes(new string('[', 1_000_000))).Kind);
    }

    [Fact]
    public void Plans_of_fields_within_fields_are_refused()
    {
        Assert.Null(FieldPlan.TryCreate([["a"], ["a", "b"]]));
        Assert.Null(FieldPlan.TryCreate([["a", "b"], ["a"]]));
        Assert.Null(FieldPlan.TryCreate([["a"], ["a"]]));
        Assert.Null(FieldPlan.TryCreate([.. Enumerable.Range(0, FieldPlan.MaxNodes).Select(i => (string[])[$"f{i}"])]));
        Assert.NotNull(FieldPlan.TryCreate([.. Enumerable.Range(0, FieldPlan.MaxNodes - 1).Select(i => (string[])[$"f{i}"])]));
    }

    static JsonElement? Find(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    static bool Same(byte[] line, FieldValue value, JsonElement? expected)
    {
        var bytes = line.AsSpan(value.Start, value.Length);
        return (value.Kind, expected?.ValueKind) switch
        {
            (FieldKind.Missing, null) => true,
            (FieldKind.Null, JsonValueKind.Null) or (FieldKind.True, JsonValueKind.True) or (FieldKind.False, JsonValueKind.False) => true,
            (FieldKind.Number, JsonValueKind.Number) or (FieldKind.Nested, JsonValueKind.Object or JsonValueKind.Array) => expected!.Value.GetRawText() == Encoding.UTF8.GetString(bytes),
            (FieldKind.Text, JsonValueKind.String) => expected!.Value.GetString() == Encoding.UTF8.GetString(bytes),
            (FieldKind.EscapedText, JsonValueKind.String) => expected!.Value.GetString() == Unescaped(bytes),
            _ => false,
        };
    }

    static string Unescaped(ReadOnlySpan<byte> escaped)
    {
        var target = new byte[escaped.Length];
        return Encoding.UTF8.GetString(target.AsSpan(0, JsonTextValue.Unescape(escaped, target)));
    }

    void Check<T>(Gen<T> gen, Func<T, bool> holds)
    {
        output.WriteLine($"seed {Soak.Seed}");
        Prop.ForAll(gen.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(Soak.Scale(50_000)).WithReplay((ulong)Soak.Seed, 1));
    }
}
