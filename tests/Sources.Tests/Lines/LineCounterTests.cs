using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Sources.Lines;

namespace Lakehouse.Sources.Tests.Lines;

public sealed class LineCounterTests(ITestOutputHelper output)
{
    [Fact]
    public void Counts_do_not_depend_on_how_the_text_is_cut()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var cases = from lines in Gen.ListOf(LineGenerator.Line)
                    from cuts in Gen.ListOf(Gen.Choose(1, 40))
                    from ends in Gen.Elements(true, false)
                    select (lines, cuts, ends);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var lines = c.lines.ToList();
            byte[] text = [.. lines.SelectMany(l => l.Append((byte)'\n'))];
            text = c.ends || text.Length == 0 ? text : text[..^1];
            using var counter = new LineCounter(1 << 20);
            var at = 0;
            foreach (var cut in c.cuts.Append(text.Length))
            {
                var length = Math.Min(cut, text.Length - at);
                counter.Add(text.AsSpan(at, length));
                at += length;
            }

            counter.Complete();
            var kinds = lines.Select(l => ReferenceJson.KindOf(l)).ToList();
            return counter.Events == kinds.Count(k => k == LineKind.Object) && counter.Faulty == kinds.Count(k => k is LineKind.Malformed or LineKind.NotAnObject);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Soak.Scale(20_000)).WithReplay((ulong)Soak.Seed, 1));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(7)]
    public void A_line_beyond_the_limit_is_refused_however_it_comes(int piece)
    {
        using var counter = new LineCounter(100);
        var line = new byte[101];
        line.AsSpan().Fill((byte)' ');
        Assert.Throws<LineTooLongException>(() =>
        {
            for (var at = 0; at < line.Length; at += piece)
            {
                counter.Add(line.AsSpan(at, Math.Min(piece, line.Length - at)));
            }
        });
        using var whole = new LineCounter(100);
        Assert.Equal(100, Assert.Throws<LineTooLongException>(() => whole.Add([.. line, (byte)'\n'])).Limit);
        using var fits = new LineCounter(100);
        fits.Add([.. line[..100], (byte)'\n']);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_line()
    {
        using var counter = new LineCounter(100);
        counter.Add("\uFEFF{}\n\uFEFF{}\n"u8);
        counter.Complete();
        Assert.Equal((1, 1), (counter.Events, counter.Faulty));
    }
}
