using LakeAspire.Testing;
using Lakehouse.Formats;
using Lakehouse.Storage.Caching;

namespace Lakehouse.Storage.Tests.Caching;

public sealed class FileCacheTests(ITestOutputHelper output) : IDisposable
{
    readonly TempFolder temp = new();
    readonly NumberedStore store = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task A_file_is_fetched_once_however_many_ask()
    {
        var cache = new FileCache(temp.Path, 1 << 20);
        var location = NumberedStore.LocationOf(1, 70_000);

        var files = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cache.GetAsync(store, location, Token)));

        Assert.Equal(1, store.Reads);
        Assert.Single(files.Select(file => file.Path).Distinct());
        Assert.Equal(cache.PathOf(location), files[0].Path);
        Assert.EndsWith("1-70000.parquet", files[0].Path, StringComparison.Ordinal);
        Assert.Equal(NumberedStore.ContentOf(location), await File.ReadAllBytesAsync(files[0].Path, Token));
        Array.ForEach(files, file => file.Dispose());
        using var again = await new FileCache(temp.Path, 1 << 20).GetAsync(store, location, Token);
        Assert.Equal(1, store.Reads);
    }

    [Fact]
    public async Task What_was_not_used_for_longest_goes_and_what_is_in_use_stays()
    {
        var time = new Clock();
        var cache = new FileCache(temp.Path, 1000, time);
        var inUse = await cache.GetAsync(store, NumberedStore.LocationOf(0, 300), Token);
        foreach (var number in (int[])[1, 2, 3])
        {
            time.Advance(TimeSpan.FromMinutes(1));
            (await cache.GetAsync(store, NumberedStore.LocationOf(number, 200), Token)).Dispose();
        }

        time.Advance(TimeSpan.FromMinutes(1));
        (await cache.GetAsync(store, NumberedStore.LocationOf(1, 200), Token)).Dispose();
        Assert.Equal(4, store.Reads);

        // Another process, as far as locks go.
        (await new FileCache(temp.Path, 1000, time).GetAsync(store, NumberedStore.LocationOf(4, 200), Token)).Dispose();

        Assert.True(File.Exists(inUse.Path));
        Assert.True(File.Exists(cache.PathOf(NumberedStore.LocationOf(1, 200))));
        Assert.False(File.Exists(cache.PathOf(NumberedStore.LocationOf(2, 200))));
        Assert.True(File.Exists(cache.PathOf(NumberedStore.LocationOf(4, 200))));
        inUse.Dispose();
    }

    [Fact]
    public async Task Files_in_use_that_leave_no_room_are_an_error_that_names_the_bound()
    {
        var cache = new FileCache(temp.Path, 1000);
        using (await cache.GetAsync(store, NumberedStore.LocationOf(0, 800), Token))
        {
            var full = await Assert.ThrowsAsync<StoreFullException>(() => cache.GetAsync(store, NumberedStore.LocationOf(1, 300), Token));
            Assert.Contains("Lake:Storage:CacheBytes", full.Message, StringComparison.Ordinal);
        }

        using var fits = await cache.GetAsync(store, NumberedStore.LocationOf(1, 300), Token);
        await Assert.ThrowsAsync<StoreFullException>(() => cache.GetAsync(store, NumberedStore.LocationOf(2, 1001), Token));
    }

    [Fact]
    public async Task A_file_kept_by_the_clock_stays_until_then()
    {
        var time = new Clock();
        var cache = new FileCache(temp.Path, 1000, time);
        using (var file = await cache.GetAsync(store, NumberedStore.LocationOf(0, 800), Token))
        {
            file.KeepUntil(time.GetUtcNow().AddHours(1));
        }

        time.Advance(TimeSpan.FromMinutes(59));
        await Assert.ThrowsAsync<StoreFullException>(() => cache.GetAsync(store, NumberedStore.LocationOf(1, 300), Token));
        time.Advance(TimeSpan.FromMinutes(2));
        (await cache.GetAsync(store, NumberedStore.LocationOf(1, 300), Token)).Dispose();
    }

    [Fact]
    public async Task A_download_that_fails_leaves_nothing_and_the_next_one_works()
    {
        var fails = true;
        var failing = new NumberedStore(_ =>
        {
            if (fails)
            {
                throw new LakehouseException(LakehouseErrorKind.Unavailable, "away");
            }
        });
        var cache = new FileCache(temp.Path, 1000);
        await Assert.ThrowsAsync<LakehouseException>(() => cache.GetAsync(failing, NumberedStore.LocationOf(0, 800), Token));
        Assert.Empty(Directory.EnumerateFiles(temp.Path, "*", SearchOption.AllDirectories));

        fails = false;
        (await cache.GetAsync(failing, NumberedStore.LocationOf(0, 800), Token)).Dispose();
        Assert.Equal(LakehouseErrorKind.NotFound, (await Assert.ThrowsAsync<LakehouseException>(() => cache.GetAsync(failing, "mem://store/data/none", Token))).Kind);
    }

    [Fact]
    public async Task Who_goes_away_takes_nothing_from_the_others()
    {
        using var goesAway = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new NumberedStore(_ => waiting.TrySetResult());
        var cache = new FileCache(temp.Path, 1 << 20);
        var first = cache.GetAsync(slow, NumberedStore.LocationOf(3, 100), goesAway.Token);
        var second = cache.GetAsync(slow, NumberedStore.LocationOf(3, 100), Token);
        await waiting.Task;
        await goesAway.CancelAsync();
        (await second).Dispose();
        await first.ContinueWith(task => (task.IsCompletedSuccessfully ? task.GetAwaiter().GetResult() : null)?.Dispose(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task What_was_left_half_removed_is_fetched_again()
    {
        var cache = new FileCache(temp.Path, 1000);
        var path = cache.PathOf(NumberedStore.LocationOf(7, 500));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, [], Token);

        using var file = await cache.GetAsync(store, NumberedStore.LocationOf(7, 500), Token);
        Assert.Equal(500, file.Size);
    }

    [Fact]
    public async Task A_file_that_was_just_stored_is_taken_in_without_a_download()
    {
        var cache = new FileCache(temp.Path, 1000);
        var location = NumberedStore.LocationOf(5, 400);
        foreach (var (name, size) in (ReadOnlySpan<(string, int)>)[("a", 400), ("b", 400), ("too-big", 2000)])
        {
            var written = temp.Below(name);
            File.WriteAllBytes(written, new byte[size]);
            cache.Adopt(name == "too-big" ? location + "x" : location, written);
            Assert.False(File.Exists(written));
        }

        using var file = await cache.GetAsync(store, location, Token);
        Assert.Equal(400, file.Size);
        Assert.Equal(0, store.Reads);
    }

    /// <summary>Two caches on one folder that is far too small: whatever is held is whole and right, and the bound holds for each.</summary>
    [Fact]
    public async Task Under_pressure_every_file_in_use_is_whole()
    {
        output.WriteLine($"seed {Soak.Seed}");
        FileCache[] caches = [new(temp.Path, 40_000), new(temp.Path, 40_000)];
        var refused = 0;
        await Parallel.ForAsync(0, 8, Token, async (worker, token) =>
        {
            var random = new Random(Soak.Seed + worker);
            for (var i = 0; i < Soak.Scale(1000); i++)
            {
                var location = NumberedStore.LocationOf(random.Next(30), 1000 + random.Next(4) * 1000);
                try
                {
                    using var file = await caches[random.Next(2)].GetAsync(store, location, token);
                    await Task.Yield();
                    Assert.Equal(NumberedStore.ContentOf(location), await File.ReadAllBytesAsync(file.Path, token));
                }
                catch (LakehouseException e) when (e is StoreFullException || e.Message.Contains("goes as fast as it comes", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref refused);
                }
            }
        });
        output.WriteLine($"{store.Reads} downloads, {refused} refused");
        Assert.InRange(refused, 0, Soak.Scale(1000));
        Assert.InRange(Directory.EnumerateFiles(temp.Path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, 80_000);
    }

    sealed class Clock : TimeProvider
    {
        DateTimeOffset now = System.GetUtcNow();

        public void Advance(TimeSpan by) => now += by;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => now.UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
