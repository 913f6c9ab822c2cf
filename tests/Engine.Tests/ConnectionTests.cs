using System.Diagnostics;
using LakeAspire.Testing;

namespace Lakehouse.Engine.Tests;

public sealed class ConnectionTests : IDisposable
{
    const string Endless = "SELECT max(a.i * b.i) FROM range(10000000) a(i), range(10000000) b(i)";

    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 2, TrackProgress = true });
    readonly DuckDbConnection connection;

    public ConnectionTests() => connection = database.Connect();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    public static TheoryData<object?, string> Parameters => new()
    {
        { null, "NULL" },
        { true, "true" },
        { int.MinValue, "-2147483648" },
        { long.MaxValue, "9223372036854775807" },
        { Int128.Parse("-170141183460469231731"), "-170141183460469231731" },
        { 1.5f, "1.5" },
        { double.NegativeInfinity, "-inf" },
        { -12345.678m, "-12345.678" },
        { 0.001m, "0.001" },
        { "", "" },
        { "it's a \"text\" ä€\u0000", "it's a \"text\" ä€\u0000" },
        { new DateOnly(1969, 7, 20), "1969-07-20" },
        { new TimeOnly(1, 2, 3, 4), "01:02:03.004" },
        { new DateTime(2022, 5, 1, 12, 0, 0, DateTimeKind.Unspecified), "2022-05-01 12:00:00" },
        { new DateTimeOffset(2022, 5, 1, 12, 0, 0, TimeSpan.FromHours(2)), "2022-05-01 10:00:00+00" },
        { Guid.Parse("ff112233-4455-6677-8899-aabbccddeeff"), "ff112233-4455-6677-8899-aabbccddeeff" },
        { new byte[] { 0, 255 }, "\\x00\\xFF" },
        { new[] { "a", "b" }, "[a, b]" },
        { Array.Empty<string>(), "[]" },
    };

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task ParametersAreBoundAsWhatTheyAre(object? value, string text) =>
        Assert.Equal(text, await connection.ValueAsync("SELECT coalesce(CAST($1 AS VARCHAR), 'NULL')", value));

    [Fact]
    public async Task TheNumberOfParametersIsChecked() =>
        await Assert.ThrowsAsync<ArgumentException>(() => connection.ExecuteAsync("SELECT ?, ?", [1], Token));

    [Fact]
    public async Task SeveralStatementsRunInOrder()
    {
        Assert.Equal(3, await connection.ExecuteAsync("CREATE TABLE t (i INTEGER); INSERT INTO t SELECT * FROM range(10); DELETE FROM t WHERE i < 3", cancellationToken: Token));
        Assert.Equal(7L, await connection.ScalarAsync<long>("SELECT count(*) FROM t", cancellationToken: Token));
    }

    [Theory]
    [InlineData("SELEC 1", EngineErrorKind.Parser)]
    [InlineData("SELECT nothing", EngineErrorKind.Binder)]
    [InlineData("SELECT * FROM nowhere", EngineErrorKind.Catalog)]
    [InlineData("SELECT CAST('x' AS INTEGER)", EngineErrorKind.Conversion)]
    [InlineData("SELECT CAST(i AS TINYINT) FROM range(1000) t(i)", EngineErrorKind.Conversion)]
    [InlineData("SELECT 9223372036854775807 + i FROM range(10) t(i)", EngineErrorKind.OutOfRange)]
    [InlineData("SELECT error('mine') FROM range(10000)", EngineErrorKind.InvalidInput)]
    [InlineData("SELECT * FROM read_parquet('/nowhere/x.parquet')", EngineErrorKind.InputOutput)]
    [InlineData("SELECT 1; SELECT 2", EngineErrorKind.InvalidInput)]
    [InlineData("", EngineErrorKind.Parser)]
    public async Task ErrorsCarryTheirKind(string sql, EngineErrorKind kind)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => connection.RowsAsync(sql));
        Assert.Equal(kind, error.EngineKind);
        Assert.Equal(1, await connection.ValueAsync("SELECT 1"));
    }

    [Fact]
    public async Task AnErrorInTheMiddleOfAStreamReachesItsReader()
    {
        // With more threads one of them may meet the error before the stream begins.
        await connection.ExecuteAsync("SET threads = 1", cancellationToken: Token);
        await using var result = await connection.QueryAsync("SELECT CASE WHEN i < 900000 THEN i ELSE error('late') END FROM range(1000000) t(i)", cancellationToken: Token);
        var error = await Assert.ThrowsAsync<EngineException>(result.RowsAsync);
        Assert.Contains("late", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellingInterruptsTheQuery()
    {
        using var cancel = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        var running = connection.ExecuteAsync(Endless, cancellationToken: cancel.Token);
        cancel.CancelAfter(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.InRange(watch.ElapsedMilliseconds, 50, 5000);
        Assert.Equal(1, await connection.ValueAsync("SELECT 1"));
    }

    [Fact]
    public async Task ACancellationAtAnyMomentIsNeverLost()
    {
        // An interrupt that comes before DuckDB starts the statement is forgotten by DuckDB; an endless query that missed it would hang this test.
        for (var i = 0; i < 60; i++)
        {
            using var cancel = new CancellationTokenSource();
            var running = connection.QueryAsync(Endless, cancellationToken: cancel.Token);
            var spin = Stopwatch.StartNew();
            while (spin.Elapsed.TotalMicroseconds < i * 50)
            {
            }

            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20), Token));
        }
    }

    [Fact]
    public async Task AnAbandonedResultIsInterrupted()
    {
        var result = await connection.QueryAsync("SELECT i FROM range(100000000000) t(i)", cancellationToken: Token);
        await foreach (var batch in result.ReadAsync(Token))
        {
            batch.Dispose();
            break;
        }

        await result.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(1, await connection.ValueAsync("SELECT 1"));
    }

    [Fact]
    public async Task AConnectionRunsOneStatementAtATime()
    {
        await using var result = await connection.QueryAsync("SELECT i FROM range(1000000) t(i)", cancellationToken: Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.ExecuteAsync("SELECT 1", cancellationToken: Token));
        Assert.Equal(1_000_000, (await result.RowsAsync()).Count);
    }

    [Fact]
    public async Task ProgressMoves()
    {
        using var folder = new TempFolder();
        await connection.ExecuteAsync($"COPY (SELECT i, i % 1000 AS k FROM range(20000000) t(i)) TO {SqlText.Literal(folder.Below("p.parquet"))}", cancellationToken: Token);
        var running = connection.ExecuteAsync($"SELECT count(DISTINCT i * 7), count(DISTINCT k) FROM {SqlText.Literal(folder.Below("p.parquet"))}", cancellationToken: Token);
        var seen = 0.0;
        while (!running.IsCompleted)
        {
            seen = Math.Max(seen, connection.Progress.Percentage ?? 0);
            await Task.Yield();
        }

        await running;
        Assert.True(seen > 0, "the progress stayed at 0");
    }

    [Fact]
    public async Task AQueryLargerThanItsMemorySpillsToTheTempFolder()
    {
        using var folder = new TempFolder();
        const string sql = "SELECT count(*) FROM (SELECT i, hash(i) AS h FROM range(6000000) t(i) ORDER BY h LIMIT 5900000 OFFSET 5)";
        using (var small = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1, MemoryLimit = 64 << 20 }))
        using (var poor = small.Connect())
        {
            var error = await Assert.ThrowsAsync<EngineException>(() => poor.RowsAsync(sql));
            Assert.Equal(EngineErrorKind.OutOfMemory, error.EngineKind);
            Assert.Equal(1, await poor.ValueAsync("SELECT 1"));
        }

        using (var spilling = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1, MemoryLimit = 64 << 20, TempFolder = folder.Path }))
        using (var rich = spilling.Connect())
        {
            Assert.Equal(5900000L, await rich.ValueAsync(sql));
        }

        using (var capped = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1, MemoryLimit = 64 << 20, TempFolder = folder.Path, MaxTempSize = 1 << 20 }))
        using (var bounded = capped.Connect())
        {
            var error = await Assert.ThrowsAsync<EngineException>(() => bounded.RowsAsync(sql));
            Assert.Contains("max_temp_directory_size", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TimesAreInUtcWhateverTheMachine() =>
        Assert.Equal("UTC", await connection.ValueAsync("SELECT current_setting('TimeZone')"));

    [Fact]
    public void AWrongOptionIsNamed()
    {
        var error = Assert.Throws<EngineException>(() => DuckDbDatabase.Open(new DuckDbOptions { Threads = 0 }));
        Assert.Contains("thread", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("with \"quotes\"", "\"with \"\"quotes\"\"\"")]
    public void IdentifiersAreQuoted(string name, string expected) => Assert.Equal(expected, SqlText.Identifier(name));

    [Fact]
    public async Task LiteralsSurviveEverySpecialCharacter()
    {
        const string text = "a'b\"c\\d\n--;/* ä */";
        Assert.Equal(text, await connection.ValueAsync($"SELECT {SqlText.Literal(text)}"));
        Assert.Throws<ArgumentException>(() => SqlText.Literal("a\0b"));
        Assert.Throws<ArgumentException>(() => SqlText.Identifier(""));
    }
}
