using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;
using Lakehouse.Sources.Lines;

namespace Lakehouse.Sources.Tests.Lines;

/// <summary>What the fast way makes of a line is what the contract's SQL makes of it.</summary>
public sealed class FastPathTests(ITestOutputHelper output) : IDisposable
{
    static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "7", "12345", "999999999999999", "9999999999999999", "999999999999999999", "1000000000000000000", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "2147483647", "2147483648", "-2147483649", "9007199254740993", "1.5", "1.0", "1.10", "-0.0", "0.1", "1e3", "1E400", "1e-400", "123456789.125", "12.345", "1234567.89",
        "99999999.99", "100000000.00", "123456789012345.5", "\"\"", "\"a\"", "\"abc defg hijk lmno pqrs\"", "\"\\u00e9\\n\\\"\"", "\"\\ud83d\\ude00\"", "\"é\"", "\"1\"", "\"1.5\"", "\"true\"", "\"2024-02-29\"",
        "\"2023-02-29\"", "\"0001-01-01\"", "\"0000-01-01\"", "\"9999-12-31\"", "\"2024-1-1\"", "\"1969-12-31T23:59:59.5\"", "\"2024-01-02T03:04:05\"", "\"2024-01-02 03:04:05.123456\"",
        "\"2024-01-02T03:04:05.1234567\"", "\"2024-01-02T24:00:00\"", "\"2024-01-02T03:04:60\"", "\"2024-01-02T03:04:05Z\"", "\"2024-01-02T03:04:05.25Z\"", "\"2024-01-02T03:04:05+02:00\"", "{}", "[1]", "{\"a\":1}",
    ];

    static readonly string[] Types = ["string", "long", "int", "double", "boolean", "date", "timestamp", "timestamptz", "decimal(4, 2)", "decimal(10, 2)", "decimal(18, 0)", "decimal(38, 10)"];

    readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task Rows_are_the_same_whichever_way_they_come()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var contract = new StreamContract("s", [.. Types.Select((t, i) => new ContractColumn($"c{i}", TypeText.Parse(t), new FieldOrigin(["o", $"f{i}"])) { Required = i == 1 }), new ContractColumn("pos", IcebergType.Long, new PositionOrigin())]);
        var lines = Lines().Sample(Soak.Scale(4000), new Rnd((ulong)Soak.Seed), 100).ToArray();
        var path = temp.Below("lines.ndjson");
        await File.WriteAllTextAsync(path, string.Join('\n', lines), new UTF8Encoding(false));

        var fast = await RunAsync(path, contract, FastPlan.TryCreate(contract)!);
        var sql = await RunAsync(path, contract, plan: null);

        output.WriteLine($"{fast.Rows.Count} rows, {fast.Undecided} undecided");
        Assert.Equal(sql.Rows, fast.Rows);
        Assert.Equal(sql.Quarantined, fast.Quarantined);
        Assert.True(fast.Undecided < lines.Length * 9 / 10 && fast.Rows.Count > 0 && fast.Quarantined.Count > 0);
    }

    static Gen<string> Lines() =>
        from plain in Gen.Elements(true, true, false)
        from picks in Gen.ArrayOf(Gen.Choose(0, Values.Length - 1), Types.Length)
        from present in Gen.ArrayOf(Gen.Choose(0, 2), Types.Length)
        from twice in Gen.Choose(0, 20)
        select $"{{\"o\":{{{string.Join(",", Types.Select((t, i) => (t, i)).Where(x => present[x.i] > 0).Select(x => $"\"f{x.i}\":{(plain ? Plain(x.t, picks[x.i]) : Values[picks[x.i]])}"))}}}{(twice == 0 ? ",\"o\":{\"f1\":5}" : "")}}}";

    /// <summary>Values that fit, so that whole lines do.</summary>
    static string Plain(string type, int pick) => type switch
    {
        "string" => $"\"t{pick}\"",
        "boolean" => pick % 2 == 0 ? "true" : "false",
        "date" => $"\"2024-01-{(pick % 28) + 1:00}\"",
        "timestamp" => $"\"2024-01-02T03:04:{pick % 60:00}.{pick}\"",
        "timestamptz" => $"\"2024-01-02T03:04:{pick % 60:00}Z\"",
        "double" => $"{pick}.25",
        _ => $"{(pick % 2 == 0 ? "-" : "")}{pick}",
    };

    async Task<(List<string> Rows, List<string> Quarantined, long Undecided)> RunAsync(string path, StreamContract contract, FastPlan? plan)
    {
        using var undecided = new LineSpill(temp.Path, IcebergType.String);
        using var faulty = new LineSpill(temp.Path, IcebergType.Binary);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 2, PreserveInsertionOrder = false });
        using var connection = database.Connect();
        TableFunction.Register(connection, "lines", new LineTable([new LineFile(0, path)], plan, undecided, faulty, 2));
        TableFunction.Register(connection, "undecided", undecided);
        var columns = string.Join(", ", contract.Columns.Select(c => SqlText.Identifier(c.Name)));
        await connection.ExecuteAsync(plan is null
            ? "SELECT count(*) FROM lines()"
            : $"CREATE TABLE fast AS SELECT {string.Join(", ", contract.Columns.Select(c => $"{plan.Names[c.Name]} AS {SqlText.Identifier(c.Name)}"))} FROM lines()");
        var events = new JsonEvents($"SELECT raw AS {EventRelation.Raw}, position AS {EventRelation.Position}, 's' AS {EventRelation.Source}, 'i' AS {EventRelation.Scope}, now() AS {EventRelation.IngestedAt} FROM undecided()");
        await connection.ExecuteAsync($"CREATE TABLE judged AS {ContractSql.Judge(contract, events)}");
        var kept = ContractSql.Kept(contract, "judged") + (plan is null ? "" : " UNION ALL SELECT * FROM fast");
        var rows = await TextsAsync(connection, $"SELECT concat_ws('|', pos, ({Row(contract)})::VARCHAR) FROM ({kept}) AS q ORDER BY pos");
        var quarantined = await TextsAsync(connection, $"SELECT concat_ws('|', position, rule, reason) FROM ({ContractSql.Quarantined(contract, "judged")}) AS q ORDER BY position");
        Assert.Equal(0, faulty.Count);
        return (rows, quarantined, undecided.Count);
    }

    static string Row(StreamContract contract) => $"struct_pack({string.Join(", ", contract.Columns.Select(c => $"{c.Name} := {c.Name}"))})";

    static async Task<List<string>> TextsAsync(DuckDbConnection connection, string select) =>
        (await connection.ScalarAsync<string>($"SELECT string_agg(t, chr(1)) FROM (SELECT * FROM ({select}) AS x(t))"))?.Split('\u0001').ToList() ?? [];
}
