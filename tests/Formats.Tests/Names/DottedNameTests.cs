using FsCheck;
using FsCheck.Fluent;

namespace Lakehouse.Formats.Tests.Names;

public sealed class DottedNameTests
{
    /// <summary>Parts of what makes trouble: dots, quotes, slashes, and what is like them.</summary>
    static Gen<string> Part { get; } = Gen.Choose(1, 6).SelectMany(count => Gen.Elements("a", "B", ".", "\"", "\"\"", "/", " ", "ü", "%", "\u001f").ArrayOf(count)).Select(string.Concat);

    [Fact]
    public void Parts_come_back() => Properties.Hold(Gen.Choose(1, 4).SelectMany(count => Part.ArrayOf(count)).Where(parts => !parts.Any(part => part.Contains('\u001f', StringComparison.Ordinal))), parts =>
    {
        Assert.Equal(parts, DottedName.Split(DottedName.Join(parts)));
        Assert.True(DottedName.TrySplit(DottedName.Join(parts).Replace('\u001f', '.'), out var levels, '\u001f'));
        Assert.Equal(parts, levels);
        if (parts.Length > 1)
        {
            var text = DottedName.Within(DottedName.Join(parts[..^1]), parts[^1]);
            Assert.True(DottedName.TrySplit(text, out string? ns, out var name));
            Assert.Equal((DottedName.Join(parts[..^1]), parts[^1]), (ns, name));
        }
    });

    [Fact]
    public void No_two_names_are_one_text() => Properties.Hold(Gen.Zip(Part.ArrayOf(2), Part.ArrayOf(3)), pair => Assert.NotEqual(DottedName.Join(pair.Item1), DottedName.Join(pair.Item2)));

    [Theory]
    [InlineData("a.b", "a", "b")]
    [InlineData("\"a.b\".c", "a.b", "c")]
    [InlineData("\"a\"\"b\".c", "a\"b", "c")]
    [InlineData("a\"b.c", "a\"b", "c")]
    [InlineData(".", "", "")]
    public void Texts_are_split(string text, params string[] parts) => Assert.Equal(parts, DottedName.Split(text));

    [Theory]
    [InlineData("\"a")]
    [InlineData("\"a\"b")]
    [InlineData("a.\"b")]
    [InlineData("\"")]
    public void A_quote_that_is_not_closed_is_refused(string text) => Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => DottedName.Split(text)).Kind);
}
