using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests.TableFunctions;

public sealed class TableFunctionTests
{
    [Fact]
    public async Task Values_of_every_type_arrive()
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        string[] types = ["boolean", "int", "long", "float", "double", "date", "timestamp", "timestamptz", "string", "string", "binary", "decimal(4, 1)", "decimal(9, 1)", "decimal(18, 1)", "decimal(38, 1)"];
        var pinned = GC.AllocateArray<byte>(64, pinned: true);
        "a text that is longer than twelve bytes"u8.CopyTo(pinned);
        TableFunction.Register(connection, "all_types", new Source(types, 1, static (rows, row, pinned) =>
        {
            rows.Values<byte>(0)[row] = 1;
            rows.Values<int>(1)[row] = int.MinValue;
            rows.Values<long>(2)[row] = long.MaxValue;
            rows.Values<float>(3)[row] = 0.5f;
            rows.Values<double>(4)[row] = -0.25;
            rows.Values<int>(5)[row] = 19723;
            rows.Values<long>(6)[row] = 1_000_001;
            rows.Values<long>(7)[row] = -1;
            rows.SetPinned(8, row, pinned.AsSpan(0, 39));
            rows.SetPinned(9, row, pinned.AsSpan(2, 12));
            rows.SetBytes(10, row, [0, 255]);
            rows.Values<short>(11)[row] = -15;
            rows.Values<int>(12)[row] = 15;
            rows.Values<long>(13)[row] = 15;
            rows.Values<Int128>(14)[row] = (Int128)long.MaxValue * 10;
        }, pinned));

        Assert.Equal(
            "true|-2147483648|9223372036854775807|0.5|-0.25|2024-01-01|1970-01-01 00:00:01.000001|1969-12-31 23:59:59.999999+00|a text that is longer than twelve bytes|text that is|\\x00\\xFF|-1.5|1.5|1.5|9223372036854775807.0",
            await connection.ScalarAsync<string>($"SELECT concat_ws('|', {string.Join(", ", types.Select((_, i) => $"c{i}::VARCHAR"))}) FROM all_types()"));
    }

    [Fact]
    public async Task Threads_share_the_rows_and_nulls_stay_where_they_were_set()
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 4 });
        using var connection = database.Connect();
        const int count = 300_000;
        TableFunction.Register(connection, "numbers", new Source(["long", "string"], count, static (rows, row, _) =>
        {
            rows.SetBytes(1, row, "x"u8);
            if (row % 3 == 0)
            {
                rows.SetNull(1, row);
                if (row % 2 == 0)
                {
                    rows.Reset(row);
                }
            }
        }));

        for (var again = 0; again < 3; again++)
        {
            Assert.Equal(count, await connection.ScalarAsync<long>("SELECT count(DISTINCT c0) FROM numbers()"));
            Assert.Equal(0, await connection.ScalarAsync<long>("SELECT count(*) FROM numbers() WHERE (c1 IS NULL) <> ((c0 % 2048) % 6 = 3)"));
        }

        Assert.Equal(5, await connection.ScalarAsync<long>("SELECT count(*) FROM (SELECT * FROM numbers() LIMIT 5)"));
    }

    [Fact]
    public async Task An_exception_fails_the_query_and_not_the_process()
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        TableFunction.Register(connection, "failing", new Source(["long"], 10_000, static (_, row, _) =>
        {
            if (row == 77)
            {
                throw new InvalidOperationException("row 77 is missing");
            }
        }));

        var failure = await Assert.ThrowsAsync<EngineException>(() => connection.ScalarAsync<long>("SELECT sum(c0) FROM failing()"));
        Assert.Contains("row 77 is missing", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await connection.ScalarAsync<int>("SELECT 1"));
    }

    [Fact]
    public async Task Of_a_join_the_small_side_is_held()
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 2 });
        using var connection = database.Connect();
        TableFunction.Register(connection, "numbers", new Source(["long"], 1_000_000, static (_, _, _) => { }));
        await connection.ExecuteAsync("CREATE TABLE small AS SELECT range AS id FROM range(300)");

        await using var result = await connection.QueryAsync("EXPLAIN (FORMAT json) SELECT * FROM numbers() AS n JOIN small AS s ON n.c0 = s.id");
        await foreach (var batch in result.ReadAsync())
        {
            using (batch)
            {
                // The build side is the second child.
                var json = System.Text.Encoding.UTF8.GetString(batch.Columns[1].Bytes(0));
                Assert.True(json.IndexOf("NUMBERS", StringComparison.OrdinalIgnoreCase) < json.IndexOf("small", StringComparison.OrdinalIgnoreCase), json);
            }
        }
    }

    sealed class Source(string[] types, int count, Source.Fill fill, byte[]? pinned = null) : ITableSource
    {
        public delegate void Fill(TableRows rows, int row, byte[]? pinned);

        public IReadOnlyList<TableColumn> Columns { get; } = [.. types.Select((t, i) => new TableColumn($"c{i}", TypeJson.ParsePrimitive(t)))];

        public long EstimatedRows => count;

        public int MaxThreads => 4;

        public ITableScan Open() => new Scan(this);

        sealed class Scan(Source source) : ITableScan
        {
            int given;

            public ITableReader OpenReader() => new Reader(this);

            public void Dispose()
            {
            }

            sealed class Reader(Scan scan) : ITableReader
            {
                public int Read(TableRows rows)
                {
                    var first = Interlocked.Add(ref scan.given, TableRows.Capacity) - TableRows.Capacity;
                    var read = Math.Clamp(scan.Source.Count - first, 0, TableRows.Capacity);
                    for (var row = 0; row < read; row++)
                    {
                        if (scan.Source.Columns[0].Type == IcebergType.Long)
                        {
                            rows.Values<long>(0)[row] = first + row;
                        }

                        scan.Source.Filler(rows, row, scan.Source.Pinned);
                    }

                    return read;
                }

                public void Dispose()
                {
                }
            }

            Source Source => source;
        }

        int Count => count;

        Fill Filler => fill;

        byte[]? Pinned => pinned;
    }
}
