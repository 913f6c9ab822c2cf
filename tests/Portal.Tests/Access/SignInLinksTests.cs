using LakeAspire.Portal.Access;
using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Tests.Access;

public class SignInLinksTests
{
    readonly ManualTime time = new();

    SignInLinks Links() => new(time, Options.Create(new PortalOptions()));

    [Fact]
    public void A_link_works_once()
    {
        var links = Links();
        var (token, _) = links.Create();
        Assert.True(links.Redeem(token));
        Assert.False(links.Redeem(token));
    }

    [Fact]
    public void A_link_works_until_its_ten_minutes_are_over()
    {
        var links = Links();
        var (early, expiresAt) = links.Create();
        var (late, _) = links.Create();
        Assert.Equal(time.GetUtcNow().AddMinutes(10), expiresAt);
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.True(links.Redeem(early));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(links.Redeem(late));
    }

    [Fact]
    public void Tokens_have_256_bits_and_differ()
    {
        var links = Links();
        var tokens = Enumerable.Range(0, 100).Select(_ => links.Create().Token).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(100, tokens.Count);
        Assert.All(tokens, token => Assert.Equal(32, Convert.FromHexString(token).Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void An_unknown_token_is_refused(string token) => Assert.False(Links().Redeem(token));

    [Fact]
    public async Task Of_many_that_come_at_once_one_wins()
    {
        var links = Links();
        for (var round = 0; round < 50; round++)
        {
            var (token, _) = links.Create();
            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => links.Redeem(token))));
            Assert.Single(won, true);
        }
    }

    [Fact]
    public void Forgotten_links_do_not_pile_up()
    {
        var links = Links();
        var (first, _) = links.Create();
        time.Advance(TimeSpan.FromSeconds(1));
        var last = Enumerable.Range(0, 1000).Select(_ => links.Create().Token).ToList()[^1];
        Assert.False(links.Redeem(first));
        Assert.True(links.Redeem(last));
    }
}
