using System.Text;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Xunit;

namespace LakeAspire.Conformance.ObjectStores;

/// <summary>What every <see cref="IObjectStore"/> does. A store's test class derives from this and says how to open a store with an empty root.</summary>
public abstract class ObjectStoreConformance : IAsyncLifetime
{
    /// <summary>The store under test, empty.</summary>
    protected IObjectStore Store { get; private set; } = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a store whose root holds nothing.</summary>
    protected abstract Task<IObjectStore> OpenAsync();

    /// <summary>Opens the same store again, as another process would.</summary>
    protected abstract Task<IObjectStore> ReopenAsync();

    /// <summary>Starts another process that puts an object of endless content at a location of the store, and prints a line for each megabyte that the store took.</summary>
    protected abstract WriterProcess StartEndlessPut(string location, bool replace);

    /// <summary>Whether names are decoded, as those of files are. Where they are not, <c>a%2Fb</c> is a name like any other.</summary>
    protected virtual bool DecodesNames => true;

    /// <summary>Bytes that the store keeps anywhere, unfinished writes included; null when the store can't tell.</summary>
    protected virtual long? BytesKept() => null;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <inheritdoc />
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_put_is_read_back_and_described()
    {
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-2);
        Assert.Equal(PutOutcome.Written, await Store.PutIfAbsentAsync(At("a/b/c.bin"), Bytes("hello"), Token));

        Assert.Equal("hello", await ReadAsync("a/b/c.bin"));
        var info = await Store.StatAsync(At("a/b/c.bin"), Token);
        Assert.Equal(At("a/b/c.bin"), info!.Location);
        Assert.Equal(5, info.Size);
        Assert.InRange(info.LastModified, before, TimeProvider.System.GetUtcNow().AddSeconds(2));
        Assert.Equal(TimeSpan.Zero, info.LastModified.Offset);
    }

    [Fact]
    public async Task Empty_objects_are_objects()
    {
        await Store.PutAsync(At("empty"), Stream.Null, Token);

        Assert.Equal("", await ReadAsync("empty"));
        Assert.Equal(0, (await Store.StatAsync(At("empty"), Token))!.Size);
    }

    [Fact]
    public async Task Put_if_absent_leaves_what_is_there()
    {
        await Store.PutIfAbsentAsync(At("x"), Bytes("first"), Token);

        Assert.Equal(PutOutcome.Exists, await Store.PutIfAbsentAsync(At("x"), Bytes("second"), Token));
        Assert.Equal("first", await ReadAsync("x"));
    }

    [Fact]
    public async Task Put_replaces_and_open_readers_keep_what_they_opened()
    {
        await Store.PutAsync(At("x"), Bytes("first, long"), Token);
        await using var reader = await Store.OpenReadAsync(At("x"), cancellationToken: Token);

        await Store.PutAsync(At("x"), Bytes("second"), Token);

        Assert.Equal("first, long", await TextAsync(reader));
        Assert.Equal("second", await ReadAsync("x"));
    }

    [Fact]
    public async Task Of_racing_writers_exactly_one_wins_and_its_content_stays()
    {
        for (var round = 0; round < 20; round++)
        {
            var location = At($"race/{round}");
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(
                async () => (writer, outcome: await Store.PutIfAbsentAsync(location, Bytes($"{writer}:" + new string('x', writer * 1000)), Token)))));

            var (winner, _) = Assert.Single(outcomes, o => o.outcome == PutOutcome.Written);
            Assert.Equal($"{winner}:" + new string('x', winner * 1000), await ReadAsync($"race/{round}"));
        }
    }

    [Fact]
    public async Task Readers_of_a_replaced_object_see_one_whole_version()
    {
        const int size = 300_000;
        await Store.PutAsync(At("x"), Bytes(new string('a', size)), Token);
        using var done = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await Store.PutAsync(At("x"), Bytes(new string((char)('a' + (i % 26)), size)), Token);
            }

            await done.CancelAsync();
        });
        var versions = 0;
        while (!done.IsCancellationRequested)
        {
            var text = await ReadAsync("x");
            Assert.Equal(size, text.Length);
            Assert.Equal(-1, text.AsSpan().IndexOfAnyExcept(text[0]));
            versions++;
        }

        await writer;
        Assert.True(versions > 0);
    }

    [Theory]
    [InlineData(0, 4, "0123")]
    [InlineData(3, 4, "3456")]
    [InlineData(8, 2, "89")]
    [InlineData(8, 100, "89")]
    [InlineData(10, 5, "")]
    [InlineData(100, 5, "")]
    [InlineData(5, 0, "")]
    [InlineData(0, long.MaxValue, "0123456789")]
    public async Task Ranges_are_cut_to_the_object(long offset, long length, string expected)
    {
        await Store.PutAsync(At("digits"), Bytes("0123456789"), Token);

        await using var stream = await Store.OpenReadAsync(At("digits"), new ByteRange(offset, length), Token);

        Assert.Equal(expected, await TextAsync(stream));
    }

    [Fact]
    public async Task Negative_ranges_are_misuse()
    {
        await Store.PutAsync(At("digits"), Bytes("0123456789"), Token);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.OpenReadAsync(At("digits"), new ByteRange(-1, 2), Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.OpenReadAsync(At("digits"), new ByteRange(1, -2), Token));
    }

    [Fact]
    public async Task Listing_is_recursive_and_in_ordinal_order_of_locations()
    {
        string[] names = ["b", "a/z", "a/B", "a/b/c", "a-b", "a.b", "a0", "A/1", "a/b-c/d", "a/b.c", "_x", "a=1/k=2/f.parquet"];
        foreach (var name in names)
        {
            await Store.PutAsync(At(name), Bytes(name), Token);
        }

        var listed = await ListAsync(Store.Root + "/");

        Assert.Equal(names.Select(At).Order(StringComparer.Ordinal), listed.Select(i => i.Location));
        Assert.All(listed, i => Assert.Equal(i.Location.Length - Store.Root.Length - 1, i.Size));
        Assert.Equal(listed, await ListAsync(Store.Root));
    }

    [Fact]
    public async Task A_prefix_is_a_prefix_of_the_text()
    {
        foreach (var name in new[] { "t/data/1", "t/data/2", "t/database/3", "t2/data/4" })
        {
            await Store.PutAsync(At(name), Bytes(name), Token);
        }

        Assert.Equal([At("t/data/1"), At("t/data/2")], (await ListAsync(At("t/data/"))).Select(i => i.Location));
        Assert.Equal([At("t/data/1"), At("t/data/2"), At("t/database/3")], (await ListAsync(At("t/data"))).Select(i => i.Location));
        Assert.Equal(4, (await ListAsync(At("t"))).Count);
        Assert.Equal([At("t/data/2")], (await ListAsync(At("t/data/2"))).Select(i => i.Location));
        Assert.Empty(await ListAsync(At("t/nothing/")));
        Assert.Empty(await ListAsync(At("u")));
    }

    [Fact]
    public async Task Deleted_objects_are_gone_and_deleting_again_is_no_error()
    {
        await Store.PutAsync(At("d/x"), Bytes("x"), Token);
        await Store.PutAsync(At("d/y"), Bytes("y"), Token);

        await Store.DeleteAsync(At("d/x"), Token);
        await Store.DeleteAsync(At("d/x"), Token);
        await Store.DeleteAsync(At("never/was"), Token);

        Assert.Null(await Store.StatAsync(At("d/x"), Token));
        Assert.Equal([At("d/y")], (await ListAsync(Store.Root)).Select(i => i.Location));
        Assert.Equal(PutOutcome.Written, await Store.PutIfAbsentAsync(At("d/x"), Bytes("again"), Token));
    }

    [Fact]
    public async Task Deleting_what_looks_like_a_folder_deletes_nothing()
    {
        await Store.PutAsync(At("d/x"), Bytes("x"), Token);

        await Store.DeleteAsync(At("d"), Token);

        Assert.Null(await Store.StatAsync(At("d"), Token));
        Assert.Equal("x", await ReadAsync("d/x"));
    }

    [Fact]
    public async Task Missing_objects_are_not_found()
    {
        await Store.PutAsync(At("d/x"), Bytes("x"), Token);

        Assert.Null(await Store.StatAsync(At("absent"), Token));
        await FailsAsync(LakehouseErrorKind.NotFound, () => Store.OpenReadAsync(At("absent"), cancellationToken: Token));
        await FailsAsync(LakehouseErrorKind.NotFound, () => Store.OpenReadAsync(At("d"), cancellationToken: Token));
        await FailsAsync(LakehouseErrorKind.NotFound, () => Store.OpenReadAsync(At("d/x/below"), cancellationToken: Token));
    }

    [Theory]
    [InlineData("/../out")]
    [InlineData("/a/../../out")]
    [InlineData("/a/%2e%2e/%2E%2e/out")]
    [InlineData("/a\0b")]
    [InlineData("/./a")]
    [InlineData("/a//b")]
    [InlineData("/a/")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("x/a")]
    public async Task No_location_escapes_the_root(string tail)
    {
        var location = Store.Root + tail;

        await FailsAsync(LakehouseErrorKind.Denied, () => Store.PutIfAbsentAsync(location, Bytes("x"), Token));
        await FailsAsync(LakehouseErrorKind.Denied, () => Store.PutAsync(location, Bytes("x"), Token));
        await FailsAsync(LakehouseErrorKind.Denied, () => Store.OpenReadAsync(location, cancellationToken: Token));
        await FailsAsync(LakehouseErrorKind.Denied, () => Store.DeleteAsync(location, Token));
        await FailsAsync(LakehouseErrorKind.Denied, () => Store.StatAsync(location, Token));
        Assert.Empty(await ListAsync(Store.Root));
    }

    [Theory]
    [InlineData("/a%2fb")]
    [InlineData("/a%5Cb")]
    [InlineData("/a%00b")]
    public async Task An_encoded_separator_never_separates(string tail)
    {
        var location = Store.Root + tail;
        if (DecodesNames)
        {
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.PutIfAbsentAsync(location, Bytes("x"), Token));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.PutAsync(location, Bytes("x"), Token));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.OpenReadAsync(location, cancellationToken: Token));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.DeleteAsync(location, Token));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.StatAsync(location, Token));
            Assert.Empty(await ListAsync(Store.Root));
            return;
        }

        // Other engines write partition values so: the name is kept as it stands, and is none of a folder.
        await Store.PutAsync(location, Bytes("x"), Token);
        Assert.Equal([location], (await ListAsync(Store.Root)).Select(i => i.Location));
        Assert.Empty(await ListAsync(Store.Root + "/a/"));
        Assert.Equal("x", await ReadAsync(tail[1..]));
        Assert.NotNull(await Store.StatAsync(location, Token));
        await Store.DeleteAsync(location, Token);
        Assert.Empty(await ListAsync(Store.Root));
    }

    [Fact]
    public async Task Listing_outside_of_the_root_is_refused()
    {
        await FailsAsync(LakehouseErrorKind.Denied, () => ListAsync(Store.Root + "/../"));
        await FailsAsync(LakehouseErrorKind.Denied, () => ListAsync(Store.Root + "x"));
        await FailsAsync(LakehouseErrorKind.Denied, () => ListAsync(Store.Root[..^1]));
    }

    [Fact]
    public async Task Names_with_spaces_and_other_scripts_survive()
    {
        const string name = "d%20e/%C3%A9t%C3%A9%25.json";
        await Store.PutAsync(At(name), Bytes("x"), Token);

        Assert.Equal([At(name)], (await ListAsync(Store.Root)).Select(i => i.Location));
        Assert.Equal("x", await ReadAsync(name));
    }

    [Fact]
    public async Task A_cancelled_put_leaves_nothing()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var content = new PatternStream(long.MaxValue, at: 3 << 20, then: cancelled.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutIfAbsentAsync(At("x"), content, cancelled.Token));

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_put_whose_content_fails_leaves_nothing_and_passes_the_failure_on()
    {
        using var content = new PatternStream(long.MaxValue, at: 3 << 20, then: () => throw new IOException("the caller went away"));

        var failure = await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(At("x"), content, Token));

        Assert.Equal("the caller went away", failure.Message);
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_killed_in_the_middle_leaves_no_visible_object(bool replace)
    {
        if (replace)
        {
            await Store.PutAsync(At("x"), Bytes("old"), Token);
        }

        using (var writer = StartEndlessPut(At("x"), replace))
        {
            await writer.WaitForMegabytesAsync(5, Token);
            await writer.KillAsync(Token);
        }

        var store = await ReopenAsync();
        var listed = new List<string>();
        await foreach (var item in store.ListAsync(store.Root, Token))
        {
            listed.Add(item.Location);
        }

        Assert.Equal(replace ? [At("x")] : [], listed);
        Assert.Equal(replace ? 3 : null, (await store.StatAsync(At("x"), Token))?.Size);
        Assert.Equal(replace ? PutOutcome.Exists : PutOutcome.Written, await store.PutIfAbsentAsync(At("x"), Bytes("new"), Token));
    }

    /// <summary>A location below the root.</summary>
    protected string At(string name) => $"{Store.Root}/{name}";

    /// <summary>Content of an object.</summary>
    protected static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Asserts that an action fails as the kind says.</summary>
    protected static async Task FailsAsync(LakehouseErrorKind kind, Func<Task> action)
    {
        var failure = await Assert.ThrowsAnyAsync<LakehouseException>(action);
        Assert.True(failure.Kind == kind, $"{failure.Kind} and not {kind}: {failure.Message}");
    }

    /// <summary>Lists a prefix.</summary>
    protected async Task<List<ObjectInfo>> ListAsync(string prefix)
    {
        var found = new List<ObjectInfo>();
        await foreach (var item in Store.ListAsync(prefix, Token))
        {
            found.Add(item);
        }

        return found;
    }

    async Task NothingIsLeftAsync()
    {
        Assert.Empty(await ListAsync(Store.Root));
        Assert.Null(await Store.StatAsync(At("x"), Token));
        Assert.Contains(BytesKept(), new long?[] { null, 0 });
    }

    async Task<string> ReadAsync(string name)
    {
        await using var stream = await Store.OpenReadAsync(At(name), cancellationToken: Token);
        return await TextAsync(stream);
    }

    static async Task<string> TextAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Token);
    }
}
