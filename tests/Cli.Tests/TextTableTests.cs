using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Tests;

public class TextTableTests
{
    [Theory]
    [InlineData(new[] { 10, 20, 30 }, 100, new[] { 10, 20, 30 })]
    [InlineData(new[] { 10, 20, 30 }, 44, new[] { 10, 15, 15 })]
    [InlineData(new[] { 5, 60 }, 25, new[] { 5, 18 })]
    [InlineData(new[] { 30, 30, 30, 30 }, 20, new[] { 8, 8 })]
    [InlineData(new[] { 30 }, 5, new[] { 8 })]
    public void Long_columns_give_way_first(int[] natural, int edge, int[] expected) => Assert.Equal(expected, TextTable.Fit(natural, edge));

    [Fact]
    public void A_terminal_is_given_nothing_to_obey() => Assert.Equal("a·[31mred⏎b", Texts.Harmless("a\u001b[31mred\nb"));
}
