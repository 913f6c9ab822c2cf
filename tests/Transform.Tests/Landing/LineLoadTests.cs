using System.Text;
using LakeAspire.Testing.Postgres;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Transform.Worker.Tests.Landing;

public sealed class LineLoadTests(PostgresServer postgres)
{
    const string Good = """{"_index":"history","_type":"kplus","_id":"AX_1","_score":0,"_source":{"Contract":"HN1","Mac":"0C96","TotalDuration":254,"AppName":"KPLUS"}}""";

    [Fact]
    public async Task Good_lines_become_rows_and_others_go_to_quarantine_with_line_and_reason()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        bench.DeclareWatchlog();
        await bench.PutAsync("watchlog", "20220403.json", string.Join('\n',
            Good,
            "",
            Good.Replace("254", "\"n/a\"", StringComparison.Ordinal),
            Good.Replace("254", "0.5", StringComparison.Ordinal),
            Good[..60],
            $"[{Good}]",
            "-- box restarted --",
            Good.Replace("254", "\"7\"", StringComparison.Ordinal).Replace("HN1", "H\\u00e9\\\"", StringComparison.Ordinal),
            Good.Replace("254", "99999999999999999999", StringComparison.Ordinal),
            "  \r",
            """{"_source":{"TotalDuration":-3}}""",
            Good.Replace("254", "254", StringComparison.Ordinal) + "\r"));

        await bench.LoadAllAsync("watchlog");

        Assert.Equal(
            ["history|kplus|AX_1|0|KPLUS|HN1|0C96|254|2022-04-03", "history|kplus|AX_1|0|KPLUS|HN1|0C96|254|2022-04-03", "history|kplus|AX_1|0|KPLUS|Hé\"|0C96|7|2022-04-03", "-3|2022-04-03"],
            await bench.RowsAsync("bronze.watchlog", "SELECT * FROM t ORDER BY TotalDuration DESC"));
        Assert.Equal(
            [
                "3|contract.type|TotalDuration: expected long, got \"n/a\"|20220403.json",
                "4|contract.type|TotalDuration: expected long, got 0.5|20220403.json",
                "5|json.malformed|the line is not JSON: it ends too early, after 60 bytes|20220403.json",
                "6|json.not_object|the line is JSON, but no object|20220403.json",
                "7|json.malformed|the line is not JSON: byte 2 does not fit|20220403.json",
                "9|contract.type|TotalDuration: expected long, got 99999999999999999999|20220403.json",
            ],
            await bench.RowsAsync("bronze.watchlog__quarantine", "SELECT position, rule, reason, source FROM t ORDER BY position"));
        Assert.Equal([Good[..60]], await bench.RowsAsync("bronze.watchlog__quarantine", "SELECT decode(raw) FROM t WHERE position = 5"));
        Assert.Equal(["0|0.5"], await bench.RowsAsync("bronze.watchlog__quarantine", "SELECT count(*) FILTER (row IS NOT NULL AND position = 5), any_value(row->>'$._source.TotalDuration') FILTER (position = 4) FROM t"));
        Assert.Equal(["2024-05-06 07:08:09+00"], await bench.RowsAsync("bronze.watchlog__quarantine", "SELECT DISTINCT ingested_at FROM t"));
        Assert.Equal(["bronze.watchlog"], bench.Triggered);
        Assert.Equal("Index, Type, Id, Score, AppName, Contract, Mac, TotalDuration, Date", string.Join(", ", (await bench.SchemaAsync("bronze.watchlog")).Fields.Select(f => f.Name)));
        Assert.Equal(0, await bench.ObjectsInLandingAsync("watchlog/data/") + await bench.ObjectsInLandingAsync("watchlog/pending/"));
    }

    [Fact]
    public async Task A_file_name_without_a_day_gives_the_day_of_ingestion()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        bench.DeclareWatchlog();
        await bench.PutAsync("watchlog", "today.json", Good);
        await bench.PutAsync("watchlog", "log-20220230-20220401.json", Good);

        await bench.LoadAllAsync("watchlog");

        // The first eight digits are no day; what is no value is not guessed further.
        Assert.Equal(["2024-05-06", "2024-05-06"], await bench.RowsAsync("bronze.watchlog", "SELECT Date FROM t"));
    }

    [Fact]
    public async Task An_undeclared_stream_keeps_its_events_as_they_came()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        await bench.PutAsync("doors", "a.ndjson", "\uFEFF{\"door\": 1.10}\r\n\n[]\n {\"door\":\"é\"} ");
        await bench.PutAsync("doors", "b.ndjson", new byte[] { (byte)'{', (byte)'}', (byte)'\n', (byte)'"', 0xFF, (byte)'"', (byte)'\n' });

        await bench.LoadAllAsync("doors");

        Assert.Equal(
            ["{\"door\": 1.10}|a.ndjson|1|2024-05-06 07:08:09+00", "{\"door\":\"é\"}|a.ndjson|4|2024-05-06 07:08:09+00", "{}|b.ndjson|1|2024-05-06 07:08:09+00"],
            await bench.RowsAsync("bronze.doors", "SELECT * FROM t ORDER BY _source, _position"));
        Assert.Equal(
            ["a.ndjson|3|json.not_object|5B5D", "b.ndjson|2|json.malformed|22FF22"],
            await bench.RowsAsync("bronze.doors__quarantine", "SELECT source, position, rule, hex(raw) FROM t ORDER BY source, position"));
    }

    [Fact]
    public async Task Types_that_only_sql_converts_and_expressions_are_loaded_too()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        bench.Declare("deep", """
            stream: deep
            version: 7
            columns:
              - { name: id, type: uuid, required: true }
              - { name: tags, type: list<long> }
              - { name: at, type: 'struct<x: double, y: list<string>>', from: place }
              - { name: prices, type: 'map<string, decimal(10, 2)>' }
              - { name: sum, type: long, expression: list_sum(tags) }
            """);
        await bench.PutAsync("deep", "d.ndjson", string.Join('\n',
            """{"id":"0f0e0d0c-0b0a-0908-0706-050403020100","tags":[1,"2",null],"place":{"x":1.5,"y":["a",2],"z":0},"prices":{"a/b":1.5,"c":"2.25"}}""",
            """{"id":"0f0e0d0c-0b0a-0908-0706-050403020101","tags":[1,2.5]}""",
            """{"id":"0f0e0d0c-0b0a-0908-0706-050403020102","prices":{"a":1.234}}""",
            """{"id":"0f0e0d0c-0b0a-0908-0706-050403020103","place":{"x":"far"}}""",
            """{"tags":[]}"""));

        await bench.LoadAllAsync("deep");

        Assert.Equal(
            ["0f0e0d0c-0b0a-0908-0706-050403020100|[1, 2, NULL]|{'x': 1.5, 'y': [a, 2]}|{a/b=1.50, c=2.25}|3"],
            await bench.RowsAsync("bronze.deep", "SELECT * FROM t"));
        Assert.Equal(
            ["2|tags: expected list<long>, got [1,2.5]|7", "3|prices: expected map<string, decimal(10, 2)>, got {\"a\":1.234}|7", "4|at: expected struct<x: double, y: list<string>>, got {\"x\":\"far\"}|7", "5|id: required, and missing|7"],
            await bench.RowsAsync("bronze.deep__quarantine", "SELECT position, reason, schema_version FROM t ORDER BY position"));
    }

    [Fact]
    public async Task Many_files_are_one_commit_and_big_ones_keep_their_line_numbers()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        for (var file = 0; file < 12; file++)
        {
            var text = new StringBuilder();
            for (var line = 1; line <= 9_000; line++)
            {
                text.Append(line % 100 == 0 ? "{broken\n" : $"{{\"line\":{line},\"file\":{file},\"fill\":\"{new string('x', line % 300)}\"}}\n");
            }

            await bench.PutAsync("many", $"{file}.ndjson", text.ToString());
        }

        await bench.LoadAllAsync("many");

        Assert.Single(bench.Triggered);
        Assert.Equal(
            ["106920|106920|0"],
            await bench.RowsAsync("bronze.many", "SELECT count(*), count(DISTINCT (_source, _position)), count(*) FILTER ((event->>'$.line')::BIGINT <> _position OR (event->>'$.file') || '.ndjson' <> _source) FROM t"));
        Assert.Equal(["1080|1080|0"], await bench.RowsAsync("bronze.many__quarantine", "SELECT count(*), count(DISTINCT quarantine_id), count(*) FILTER (position % 100 <> 0) FROM t"));
    }

    [Fact]
    public async Task A_document_that_is_none_and_damaged_bytes_are_quarantined_as_a_whole()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        await bench.PutAsync("odd", "doc.json", "{\n \"a\": 1,\n", LandingFormat.Malformed);
        var cut = await bench.PutAsync("odd", "cut.json", "{}\n{}\n");
        await bench.Zone.Store.PutAsync(bench.Zone.DataLocation(cut), new MemoryStream("{}"u8.ToArray()));
        await bench.PutAsync("odd", "fine.json", "{}\n");
        await bench.PutAsync("odd", "empty.json", "");

        await bench.LoadAllAsync("odd");

        Assert.Equal(1, await bench.CountAsync("bronze.odd"));
        Assert.Equal(
            ["cut.json|file.unreadable|its bytes are damaged: there are 2, and 6 came|{}", "doc.json|json.malformed|the document is not JSON|{\n \"a\": 1,\n"],
            await bench.RowsAsync("bronze.odd__quarantine", "SELECT source, rule, reason, decode(raw) FROM t ORDER BY source"));
        Assert.Empty(await bench.PendingAsync("odd"));
    }
}
