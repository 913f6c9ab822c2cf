using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Planning;
using Lakehouse.Pipelines.Running;

namespace Lakehouse.Pipelines.Tests;

/// <summary>The rules of the watch log sample, computed by hand.</summary>
public sealed class WatchlogTests : IDisposable
{
    /// <summary>Contract, app, duration, day of April 2022.</summary>
    static readonly (string? Contract, string? App, long? Duration, int Day)[] Events =
    [
        ("A1", "CHANNEL", 100, 1), ("A1", "KPLUS", 50, 2), ("A1", "VOD", 150, 2),
        ("B1", "FIMS", 10, 30), ("B1", "BHD", 20, 30), ("B1", "SPORT", 30, 30), ("B1", "RELAX", 30, 30), ("B1", "CHILD", 30, 30),
        ("C1", "BOX", 500, 15),
        ("D1", "CHANNEL", 0, 10), ("D1", "CHANNEL", -5, 10), ("D1", "channel", 70, 10),
        ("E1", "CHILD", 1000, 1), ("E1", "CHILD", 1000, 2), ("E1", "CHILD", 1000, 3),
        ("F1", "RELAX", 5, 20), ("F1", "SPORT", null, 21),
        ("0", "CHANNEL", 999_999, 30), ("", "CHANNEL", 999_999, 30), (null, "CHANNEL", 999_999, 30),
    ];

    readonly TempFolder folder = new();

    static Pipeline Load() => Pipeline.Load(Repository.PathOf("samples", "watchlog"), new PipelineTarget());

    Task<FolderLake> RunAsync(IEnumerable<(string? Contract, string? App, long? Duration, int Day)> events)
    {
        var values = events.Select(e => $"({Sql(e.Contract)}, {Sql(e.App)}, {e.Duration?.ToString() ?? "NULL"}::BIGINT, DATE '2022-04-{e.Day:00}')");
        return RunAsync(string.Join(", ", values));
    }

    async Task<FolderLake> RunAsync(string values)
    {
        var lake = new FolderLake(folder.Path);
        await lake.AddSourceAsync("bronze.watchlog", $"""
            SELECT 'history' AS Index, lower(AppName) AS Type, 'id' AS Id, 0::BIGINT AS Score, AppName, Contract, '0C96E62FC55C' AS Mac, TotalDuration, Date
            FROM (VALUES {values}) v(Contract, AppName, TotalDuration, Date)
            """);
        var result = await new PipelineRunner(lake, new RunnerOptions(), TimeProvider.System).RunAsync(Load(), 1, 1, _ => { }, CancellationToken.None);
        Assert.Equal(new RunResult.Succeeded(101), result);
        return lake;
    }

    static string Sql(string? text) => text is null ? "NULL" : SqlText.Literal(text);

    [Fact]
    public async Task Silver_watch_has_durations_by_category_and_their_order()
    {
        var lake = await RunAsync(Events);
        Assert.Equal(
            [
                "A1|150|0|150|0|0|300|TV|Movie|null",
                "B1|0|30|30|30|30|120|Sport|Relax|Movie",
                "E1|0|3000|0|0|0|3000|Child|null|null",
                "F1|0|0|0|5|0|5|Relax|null|null",
            ],
            await lake.RowsAsync("silver.watch"));
    }

    [Fact]
    public async Task Every_app_has_its_category()
    {
        var apps = new Dictionary<string, string>
        {
            ["CHANNEL"] = "TV", ["KPLUS"] = "TV", ["VOD"] = "Movie", ["FIMS"] = "Movie", ["BHD"] = "Movie", ["SPORT"] = "Sport", ["CHILD"] = "Child", ["RELAX"] = "Relax",
        };
        var events = apps.Keys.Concat(["DSHD", "KPLUS ", "kplus"]).Select(app => ((string?)$"C-{app}", (string?)app, (long?)7, 5));
        var lake = await RunAsync(events);
        Assert.Equal(
            apps.Select(a => $"C-{a.Key}|{a.Value}").Order(StringComparer.Ordinal),
            (await lake.RowsAsync("silver.watch", "Contract, MostWatch")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Silver_rfm_scores_all_contracts_of_bronze()
    {
        var lake = await RunAsync(Events);
        Assert.Equal(
            [
                "A1|29|6.67|300|1|2|2",
                "B1|1|3.33|120|3|1|2",
                "C1|16|3.33|500|2|1|3",
                "D1|21|3.33|65|2|1|1",
                "E1|28|10.0|3000|1|3|3",
                "F1|10|6.67|5|3|2|1",
            ],
            await lake.RowsAsync("silver.rfm"));
    }

    [Fact]
    public async Task Active_days_are_counted_whatever_the_date()
    {
        string[] dates = ["2021-01-01", "2021-01-01", "2022-02-27", "2022-02-28", "2022-04-05", "2022-04-05", "2022-04-30", "2022-05-01", "2022-05-01", "2023-07-08"];
        var lake = await RunAsync(string.Join(", ", dates.Select(d => $"('G1', 'CHANNEL', 1::BIGINT, DATE '{d}')").Append("('H1', 'CHANNEL', 1, DATE '2022-03-01')").Append("('I1', 'CHANNEL', 1, DATE '2020-03-01')")));
        Assert.Equal(["G1|7|2023-07-08", "H1|1|2022-03-01", "I1|1|2020-03-01"], await lake.RowsAsync("silver.contract_activity", "Contract, ActiveDays, LastDate"));
    }

    [Fact]
    public async Task Gold_has_the_contracts_of_silver_with_code_segment_and_validity()
    {
        var lake = await RunAsync(Events);
        Assert.Equal(
            [
                "A1|150|0|150|0|0|300|TV|122|lost customers|true|2022-05-01 00:00:00|null",
                "B1|0|30|30|30|30|120|Sport|312|loyal customers|true|2022-05-01 00:00:00|null",
                "E1|0|3000|0|0|0|3000|Child|133|potential loyalist|true|2022-05-01 00:00:00|null",
                "F1|0|0|0|5|0|5|Relax|321|champions|true|2022-05-01 00:00:00|null",
            ],
            await lake.RowsAsync("gold.customer_360"));
        Assert.Equal(
            "Contract VARCHAR,TVDuration BIGINT,ChildDuration BIGINT,MovieDuration BIGINT,RelaxDuration BIGINT,SportDuration BIGINT,SumDuration BIGINT,MostWatch VARCHAR,RFM VARCHAR,"
            + "TypeOfCustomers VARCHAR,is_current BOOLEAN,effective_time TIMESTAMP,end_time TIMESTAMP",
            await ColumnsAsync(lake.PathOf("gold.customer_360")));
    }

    [Fact]
    public async Task Each_of_the_27_codes_has_its_segment()
    {
        var segments = new Dictionary<string, string>
        {
            ["lost customers"] = "111 112 113 121 122 123 131",
            ["potential loyalist"] = "132 133 211 212 213 221 222",
            ["loyal customers"] = "223 231 232 233 311 312",
            ["champions"] = "313 321 322 323 331 332 333",
        };
        var pipeline = Load();
        var sql = pipeline.Compiler.Compile(pipeline.Models.Single(m => m.Name == "customer_360"));
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        await connection.ExecuteAsync("""
            ATTACH ':memory:' AS lake; CREATE SCHEMA lake.silver;
            CREATE TABLE lake.silver.rfm AS SELECT r::VARCHAR || f || m AS Contract, r AS RecencyScore, f AS FrequencyScore, m AS MonetaryScore FROM range(1, 4) a(r), range(1, 4) b(f), range(1, 4) c(m);
            CREATE TABLE lake.silver.watch AS SELECT Contract, 1 AS TVDuration, 0 AS ChildDuration, 0 AS MovieDuration, 0 AS RelaxDuration, 0 AS SportDuration, 1 AS SumDuration, 'TV' AS MostWatch FROM lake.silver.rfm;
            """);
        var actual = await connection.ScalarAsync<string>($"SELECT string_agg(RFM || ' ' || TypeOfCustomers, ',' ORDER BY RFM) FROM ({sql})");
        Assert.Equal(string.Join(',', segments.SelectMany(s => s.Value.Split(' ').Select(code => $"{code} {s.Key}")).Order(StringComparer.Ordinal)), actual);
        Assert.Equal(27, actual!.Split(',').Length);
    }

    [Fact]
    public void The_plan_builds_three_tables_of_silver_and_one_of_gold()
    {
        var plan = Load().Plan;
        Assert.Equal([new PlannedSource("bronze", "watchlog")], plan.Sources);
        Assert.Equal(
            ["gold.customer_360 <- rfm, watch", "silver.contract_activity <- ", "silver.rfm <- contract_activity", "silver.watch <- contract_activity"],
            plan.Steps.Select(s => $"{s.FullName} <- {string.Join(", ", s.DependsOn.Order())}").Order());
    }

    [Fact]
    public void Every_model_and_column_is_described()
    {
        foreach (var model in Load().Models)
        {
            Assert.NotEqual("", model.Description);
            Assert.All(model.Columns, c => Assert.NotEqual("", c.Description));
            Assert.NotEmpty(model.Columns);
        }
    }

    static async Task<string?> ColumnsAsync(string path)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        return await connection.ScalarAsync<string>($"SELECT string_agg(column_name || ' ' || column_type, ',') FROM (DESCRIBE SELECT * FROM {SqlText.Literal(path)})");
    }

    public void Dispose() => folder.Dispose();
}
