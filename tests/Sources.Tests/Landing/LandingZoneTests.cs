using LakeAspire.Testing;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;

namespace Lakehouse.Sources.Tests.Landing;

public sealed class LandingZoneTests : IDisposable
{
    static readonly LandingLimits All = new(1000, long.MaxValue);
    readonly TempFolder temp = new();
    readonly LandingZone zone;

    public LandingZoneTests() => zone = new LandingZone(ObjectStores.Open(LocalPath.ToLocation(temp.Path)));

    static StreamName Stream => StreamName.TryParse("s", out var name) ? name : default;

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task An_accepted_file_waits_until_it_is_removed_and_stays_known()
    {
        var manifest = await LandAsync(LandingId.OfFile(Stream, "a.json"), "{}");

        Assert.Equal(manifest, await zone.AcceptAsync(manifest));
        Assert.Equal([manifest], (await zone.PendingAsync(Stream, All)).Files);
        Assert.Equal([Stream], await zone.StreamsAsync());

        await zone.RemoveAsync(manifest);

        Assert.Empty((await zone.PendingAsync(Stream, All)).Files);
        Assert.Null(await zone.Store.StatAsync(zone.DataLocation(manifest)));
        Assert.Equal(manifest, await zone.FindAsync("s", manifest.Id));
        Assert.Equal([manifest], await zone.AcceptedAsync(Stream).ToListAsync());
        Assert.Empty(await zone.AcceptedAsync(Stream, after: manifest.Id).ToListAsync());
    }

    [Fact]
    public async Task Of_racing_attempts_to_accept_an_id_one_counts_and_all_learn_which()
    {
        var id = LandingId.OfKey(Stream, "k");
        var attempts = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => LandAsync(id, $"{{\"i\":{i}}}")));

        var counting = await Task.WhenAll(attempts.Select(a => Task.Run(() => zone.AcceptAsync(a))));

        var one = Assert.Single(counting.Distinct());
        Assert.Contains(one, attempts);
        Assert.Equal([one], (await zone.PendingAsync(Stream, All)).Files);
    }

    [Fact]
    public async Task Files_come_in_the_order_of_acceptance_and_within_the_limits()
    {
        var expected = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var manifest = await LandAsync(LandingId.OfFile(Stream, $"{i}"), new string(' ', 10));
            await zone.AcceptAsync(manifest);
            File.SetLastWriteTimeUtc(temp.Below("s", "pending", manifest.Id + ".json"), new DateTime(2024, 1, 1, 0, 0, i, DateTimeKind.Utc));
            expected.Add(manifest.Id);
        }

        Assert.Equal(expected, Ids(await zone.PendingAsync(Stream, All)));
        Assert.Equal(expected[..4], Ids(await zone.PendingAsync(Stream, new LandingLimits(4, 1000))));
        Assert.Equal(expected[..2], Ids(await zone.PendingAsync(Stream, new LandingLimits(4, 25))));
        Assert.Equal(expected[..1], Ids(await zone.PendingAsync(Stream, new LandingLimits(4, 5))));
        Assert.Equal(6, (await zone.PendingAsync(Stream, new LandingLimits(1, 1))).Waiting);

        static IEnumerable<string> Ids(PendingFiles pending) => pending.Files.Select(f => f.Id);
    }

    [Fact]
    public async Task What_is_no_manifest_is_told_and_blocks_nothing()
    {
        await zone.AcceptAsync(await LandAsync(LandingId.New(TimeProvider.System), "{}"));
        File.WriteAllText(temp.Below("s", "pending", "x.json"), "{\"id\":");

        var pending = await zone.PendingAsync(Stream, All);

        Assert.Single(pending.Files);
        Assert.EndsWith("/s/pending/x.json", Assert.Single(pending.Unreadable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sweep_takes_what_nothing_refers_to_and_old_answers_to_keys()
    {
        var orphan = await LandAsync(LandingId.New(TimeProvider.System), "{}");
        var waiting = await LandAsync(LandingId.New(TimeProvider.System), "{}");
        var keyed = await LandAsync(LandingId.OfKey(Stream, "k"), "{}");
        var named = await LandAsync(LandingId.OfFile(Stream, "n"), "{}");
        foreach (var manifest in new[] { waiting, keyed, named })
        {
            await zone.AcceptAsync(manifest);
        }

        await zone.RemoveAsync(keyed);
        await zone.RemoveAsync(named);
        var now = TimeProvider.System.GetUtcNow();

        Assert.Equal(0, await zone.SweepAsync(Stream, now.AddHours(-1)));
        Assert.Equal(2, await zone.SweepAsync(Stream, now.AddHours(1)));

        Assert.Null(await zone.Store.StatAsync(zone.DataLocation(orphan)));
        Assert.NotNull(await zone.Store.StatAsync(zone.DataLocation(waiting)));
        Assert.Null(await zone.FindAsync("s", keyed.Id));
        Assert.NotNull(await zone.FindAsync("s", named.Id));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a0_b", true)]
    [InlineData("", false)]
    [InlineData("A", false)]
    [InlineData("0a", false)]
    [InlineData("_a", false)]
    [InlineData("a-b", false)]
    [InlineData("a\n", false)]
    [InlineData("a__quarantine", false)]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234", false)]
    public void Names_of_streams_are_checked(string text, bool isName) => Assert.Equal(isName, StreamName.TryParse(text, out _));

    async Task<LandingManifest> LandAsync(string id, string content)
    {
        var manifest = new LandingManifest
        {
            Id = id, Stream = "s", Format = LandingFormat.Ndjson, Data = LandingZone.NewDataName(id, LandingFormat.Ndjson), Size = content.Length, Sha256 = content,
            ReceivedAt = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), TraceParent = "00-1-2-01", Events = 1,
        };
        await zone.Store.PutIfAbsentAsync(zone.DataLocation(manifest), new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)));
        return manifest;
    }
}
