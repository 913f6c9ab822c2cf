using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Transform.Worker.Tests.Landing;

public sealed class ColumnLoadTests(PostgresServer postgres)
{
    const string Trips = """
        stream: trips
        columns:
          - { name: id, type: long, required: true }
          - { name: place, type: string, from: place.name }
          - { name: fare, type: 'decimal(10, 2)' }
          - { name: at, type: timestamp }
          - { name: absent, type: string }
        """;

    [Fact]
    public async Task Csv_rows_are_converted_and_bad_ones_are_quarantined_with_their_line()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        bench.Declare("trips", Trips);
        await bench.PutAsync("trips", "a.csv", string.Join("\r\n",
            "id,place.name,fare,at,surplus",
            "1,\"Hà Nội, VN\",12.50,2024-01-02T03:04:05,x",
            "# not a comment,b,c,d,e",
            "2,too,few",
            "3,,12.345,2024-01-02 03:04:05,x",
            "4,,,,",
            "5,a,b,c,d,e,f",
            "9999999999999999999,,,,",
            ""), LandingFormat.Csv);

        await bench.LoadAllAsync("trips");

        Assert.Equal(["1|Hà Nội, VN|12.50|2024-01-02 03:04:05", "4"], await bench.RowsAsync("bronze.trips", "SELECT * FROM t ORDER BY id"));
        Assert.Equal(
            [
                "3|contract.type|id: expected long, got # not a comment; fare: expected decimal(10, 2), got c; at: expected timestamp, got d",
                "4|csv.malformed|Expected Number of Columns: 5 Found: 3",
                "5|contract.type|fare: expected decimal(10, 2), got 12.345",
                "7|csv.malformed|Expected Number of Columns: 5 Found: 6",
                "8|contract.type|id: expected long, got 9999999999999999999",
            ],
            await bench.RowsAsync("bronze.trips__quarantine", "SELECT position, rule, reason FROM t ORDER BY position"));
        Assert.Equal(["2,too,few"], await bench.RowsAsync("bronze.trips__quarantine", "SELECT decode(raw) FROM t WHERE position = 4"));
    }

    [Fact]
    public async Task Parquet_rows_are_converted_without_loss_or_quarantined()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        bench.Declare("trips", Trips);
        await bench.PutAsync("trips", "p.parquet", await ParquetAsync("""
            SELECT i::INTEGER AS id, {'name': 'p' || i} AS place, (i + 0.25)::DOUBLE AS fare, TIMESTAMP '2024-01-02 03:04:05' AS at, 'x' AS surplus FROM range(1, 4) AS r(i)
            """), LandingFormat.Parquet);
        await bench.PutAsync("trips", "q.parquet", await ParquetAsync("SELECT * FROM (VALUES (10.0::DOUBLE, 1.999::DOUBLE), (11.5, 2.5), (NULL, 1)) AS v(id, fare)"), LandingFormat.Parquet);

        await bench.LoadAllAsync("trips");

        Assert.Equal(
            ["1|p1|1.25|2024-01-02 03:04:05", "2|p2|2.25|2024-01-02 03:04:05", "3|p3|3.25|2024-01-02 03:04:05"],
            await bench.RowsAsync("bronze.trips", "SELECT * FROM t ORDER BY id"));
        Assert.Equal(
            ["q.parquet|1|fare: expected decimal(10, 2), got 1.999", "q.parquet|2|id: expected long, got 11.5", "q.parquet|3|id: required, and missing"],
            await bench.RowsAsync("bronze.trips__quarantine", "SELECT source, position, reason FROM t ORDER BY position"));
    }

    [Fact]
    public async Task Undeclared_columns_become_events()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        await bench.PutAsync("rows", "a.csv", "a,b\n1,x\n2,\n", LandingFormat.Csv);
        await bench.PutAsync("rows", "b.parquet", await ParquetAsync("SELECT 1 AS _position, 'NaN'::DOUBLE AS d, '\\xFF'::BLOB AS b, 12345678901234567.89::DECIMAL(38,2) AS n"), LandingFormat.Parquet);

        await bench.LoadAllAsync("rows");

        Assert.Equal(3, await bench.CountAsync("bronze.rows"));
        Assert.Equal(["""{"a":"1","b":"x"}|a.csv|2""", """{"a":"2","b":null}|a.csv|3"""], await bench.RowsAsync("bronze.rows", "SELECT event, _source, _position FROM t WHERE _source = 'a.csv' ORDER BY 3"));
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_quarantined_and_block_nobody()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        bench.Declare("trips", Trips);
        var parquet = await ParquetAsync("SELECT i AS id, repeat(md5(i::VARCHAR), 20) AS \"place.name\" FROM range(20000) AS r(i)");
        await bench.PutAsync("trips", "good.ndjson", """{"id":1}""");
        await bench.PutAsync("trips", "no.parquet", "this is no Parquet file", LandingFormat.Parquet);
        await bench.PutAsync("trips", "torn.parquet", [.. parquet[..(parquet.Length / 2)]], LandingFormat.Parquet);
        await bench.PutAsync("trips", "rotten.parquet", Rotten(parquet), LandingFormat.Parquet);
        await bench.PutAsync("trips", "good.csv", "id\n2\n", LandingFormat.Csv);

        await bench.LoadAllAsync("trips");

        Assert.Equal(["1", "2"], await bench.RowsAsync("bronze.trips", "SELECT id FROM t ORDER BY id"));
        var quarantined = await bench.RowsAsync("bronze.trips__quarantine", "SELECT source, rule, position, octet_length(raw), reason FROM t ORDER BY source");
        Assert.Equal(["no.parquet|file.unreadable|23", $"rotten.parquet|file.unreadable|{parquet.Length}", $"torn.parquet|file.unreadable|{parquet.Length / 2}"], quarantined.Select(q => string.Join('|', q.Split('|')[..3])));
        Assert.All(quarantined, q => Assert.DoesNotContain("landing", q, StringComparison.Ordinal));
        Assert.Empty(await bench.PendingAsync("trips"));
    }

    static byte[] Rotten(byte[] parquet)
    {
        var rotten = parquet.ToArray();
        Random.Shared.NextBytes(rotten.AsSpan(100, rotten.Length / 2));
        return rotten;
    }

    static async Task<byte[]> ParquetAsync(string select)
    {
        using var temp = new TempFolder();
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var path = temp.Below("file.parquet");
        await connection.ExecuteAsync($"COPY ({select}) TO {SqlText.Literal(path)} (FORMAT parquet)");
        return await File.ReadAllBytesAsync(path);
    }
}
