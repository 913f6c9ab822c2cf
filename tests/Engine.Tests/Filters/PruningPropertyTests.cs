using LakeAspire.Testing;
using Lakehouse.Engine.Filters;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests.Filters;

/// <summary>Random files and random queries: the same rows whether files are pruned or not.</summary>
public sealed class PruningPropertyTests(ITestOutputHelper output)
{
    static readonly Schema Schema = new(0, [
        new NestedField(1, "id", false, IcebergType.Long), new NestedField(2, "small", false, IcebergType.Int), new NestedField(3, "Amount", false, IcebergType.Double), new NestedField(4, "ratio", false, IcebergType.Float),
        new NestedField(5, "price", false, new DecimalType(9, 2)), new NestedField(6, "name or id", false, IcebergType.String), new NestedField(7, "day", false, IcebergType.Date),
        new NestedField(8, "ts", false, IcebergType.Timestamp), new NestedField(9, "tz", false, IcebergType.TimestampTz), new NestedField(10, "flag", false, IcebergType.Boolean),
        new NestedField(11, "st", false, new StructType([new NestedField(12, "k", false, IcebergType.Int), new NestedField(13, "t", false, IcebergType.String)])),
    ]);

    static readonly string[][] Values =
    [
        ["-5", "-1", "0", "1", "2", "3", "4", "5", "7", "9", "9007199254740993", "9007199254740992"],
        ["-2147483648", "-3", "0", "1", "2", "3", "2147483647", "16777217"],
        ["'nan'::DOUBLE", "-0.0::DOUBLE", "0.0::DOUBLE", "1.1::DOUBLE", "-2.5::DOUBLE", "5.0::DOUBLE", "'inf'::DOUBLE", "9007199254740992.0::DOUBLE"],
        ["'nan'::FLOAT", "-0.0::FLOAT", "0.1::FLOAT", "1.1::FLOAT", "16777216::FLOAT", "-3.5::FLOAT"],
        ["-1.10", "0.00", "1.10", "2.55", "2.56", "9999999.99"],
        ["''", "'a'", "'ab'", "'abc'", "'b'", "'Z'", "'é'", "'日本'", "'😀'", "'\uffff'", "'x''y'", "e'l\\nid=3'", "'false'"],
        ["DATE '1969-12-31'", "DATE '1970-01-01'", "DATE '2024-02-29'", "DATE '1950-06-01'", "DATE '2024-03-01'"],
        ["TIMESTAMP '1969-12-31 23:59:59.999999'", "TIMESTAMP '2024-02-29 00:00:00'", "TIMESTAMP '2024-02-29 12:30:00'", "TIMESTAMP '1950-06-01 00:00:00.000001'"],
        ["TIMESTAMPTZ '1969-12-31 23:59:59+00'", "TIMESTAMPTZ '2024-02-29 00:00:00+02'", "TIMESTAMPTZ '2024-02-29 12:30:00+00'"],
        ["true", "false"],
        ["-1", "0", "1", "2", "30"], ["'p'", "'q'", "'pq'"],
    ];

    static readonly string[] Names = ["id", "SMALL", "amount", "ratio", "price", "\"name or id\"", "day", "ts", "tz", "flag", "st.k", "st.t"];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_row_is_lost()
    {
        output.WriteLine($"LAKEASPIRE_SEED={Soak.Seed}");
        var random = new Random(Soak.Seed);
        var (queries, kept, total) = (0, 0, 0);
        for (var round = 0; round < Soak.Scale(60); round++)
        {
            using var lake = new Lake();
            await lake.Connection.ExecuteAsync("SET TimeZone = 'Europe/Berlin'", cancellationToken: Token);
            var files = new List<DataFile>();
            for (var i = 0; i < 8; i++)
            {
                files.AddRange(await lake.WriteAsync(RandomRows(random), Schema));
            }

            await lake.Connection.ExecuteAsync($"CREATE SCHEMA gold; CREATE VIEW gold.everything AS FROM {await lake.RelationAsync(Schema, files)}", cancellationToken: Token);
            var planning = new QueryPlanning([new PlanningTable("gold", "t", Schema)]);
            using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
            using var plans = database.Connect();
            await plans.ExecuteAsync("SET TimeZone = 'Europe/Berlin';" + planning.Setup, cancellationToken: Token);
            for (var i = 0; i < 40; i++)
            {
                var condition = Condition(random, 2);
                var sql = Query(random, condition);
                var use = (await planning.ReadAsync(plans, await QueryPlanning.ExplainAsync(plans, sql, Token), Token))[0];
                var some = await CheckAsync(lake, files, sql, use.Filter);
                (queries, kept, total) = (queries + 1, kept + some, total + files.Count);
                var direct = await SqlFilter.ParseAsync(plans, condition, Schema, Token);
                await CheckAsync(lake, files, $"SELECT * FROM gold.t WHERE {condition}", direct);
            }
        }

        output.WriteLine($"{queries} queries, {kept} of {total} files kept");
        Assert.True(kept < total * 0.9, "hardly anything is pruned");
    }

    static async Task<int> CheckAsync(Lake lake, List<DataFile> files, string sql, Expression? filter)
    {
        var metadata = TableMetadata.Create("file:///t", Schema, null, null, null, Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        var select = filter is null ? null : new FileFilter(filter, metadata);
        var kept = files.Where(file => select?.MayPass(file) != false).ToList();
        if (kept.Count == files.Count)
        {
            return kept.Count;
        }

        await lake.Connection.ExecuteAsync($"CREATE OR REPLACE VIEW gold.t AS FROM {await lake.RelationAsync(Schema, kept)}", cancellationToken: Token);
        var expected = await TextsAsync(lake, sql.Replace("gold.t", "gold.everything", StringComparison.Ordinal));
        var actual = await TextsAsync(lake, sql);
        Assert.True(expected.SequenceEqual(actual, StringComparer.Ordinal), $"LAKEASPIRE_SEED={Soak.Seed}: {sql} by {filter}: {expected.Count} rows expected, {actual.Count} found: {string.Join("; ", expected.Except(actual, StringComparer.Ordinal).Take(3))}");
        return kept.Count;
    }

    static async Task<List<string>> TextsAsync(Lake lake, string sql) =>
        [.. (await lake.Connection.RowsAsync($"SELECT CAST(q AS VARCHAR) FROM ({sql}) AS q")).Select(row => (string?)row[0] ?? "").Order(StringComparer.Ordinal)];

    /// <summary>Some rows whose values lie close together.</summary>
    static string RandomRows(Random random)
    {
        var windows = Values.Select(values => (Start: random.Next(values.Length), Length: random.Next(1, 4))).ToArray();
        string Value(int column) => random.Next(8) == 0 ? "NULL" : Values[column][(windows[column].Start + random.Next(windows[column].Length)) % Values[column].Length];
        var rows = Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            $"({string.Join(", ", Enumerable.Range(0, 10).Select(column => $"CAST({Value(column)} AS {Scans.SqlTypes.Of(Schema.Fields[column].Type)})"))}, "
            + (random.Next(6) == 0 ? "CAST(NULL AS STRUCT(k INTEGER, t VARCHAR))" : $"CAST({{'k': {Value(10)}, 't': {Value(11)}}} AS STRUCT(k INTEGER, t VARCHAR))") + ")");
        return $"SELECT * FROM (VALUES {string.Join(", ", rows)}) AS v({string.Join(", ", Schema.Fields.Select(field => SqlText.Identifier(field.Name)))})";
    }

    static string Condition(Random random, int depth)
    {
        switch (random.Next(depth == 0 ? 4 : 7))
        {
            case 4:
                return $"({Condition(random, depth - 1)} AND {Condition(random, depth - 1)})";
            case 5:
                return $"({Condition(random, depth - 1)} OR {Condition(random, depth - 1)})";
            case 6:
                return $"(NOT {Condition(random, depth - 1)})";
        }

        var column = random.Next(Names.Length);
        var name = Names[column];
        string Literal() => Values[column][random.Next(Values[column].Length)];
        string[] compare = ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"];
        var forms = new List<string>
        {
            $"{name} {compare[random.Next(compare.Length)]} {Literal()}", $"{name} {compare[random.Next(compare.Length)]} {Literal()}", $"{Literal()} {compare[random.Next(6)]} {name}",
            $"{name} IS NULL", $"{name} IS NOT NULL", $"{name} IN ({Literal()}, {Literal()}, {Literal()})", $"{name} NOT IN ({Literal()}, {Literal()})", $"{name} BETWEEN {Literal()} AND {Literal()}",
            $"{name} NOT IN ({Literal()}, NULL)", $"COALESCE({name}, {Literal()}) = {Literal()}",
        };
        forms.AddRange(column switch
        {
            0 or 1 or 10 => [$"{name} < 2.5", $"{name} > 1e0", $"{name} = 16777217::FLOAT", $"CAST({name} AS HUGEINT) + 1 > 3", $"CAST({name} AS DOUBLE) = 9007199254740992.0", $"{name} = 9007199254740993.0::DOUBLE", $"abs(CAST({name} AS HUGEINT)) < 3"],
            2 or 3 => [$"isnan({name})", $"{name} > 5", $"{name} = 0", $"{name} = 1.1", $"{name} <= 1.1::FLOAT", $"{name} >= 1.1::DOUBLE", $"NOT ({name} <= 5.0)", $"{name} = 16777217", $"{name} = 9007199254740993"],
            4 => [$"{name} < 2.555", $"{name} = 1.1::DOUBLE", $"{name} > 1e0", $"{name} = 2.55::FLOAT", $"CAST({name} AS INTEGER) = 3"],
            5 or 11 => [$"{name} LIKE 'a%'", $"{name} NOT LIKE 'a%'", $"starts_with({name}, 'p')", $"{name} LIKE '%b'", $"length({name}) = 1", $"lower({name}) = 'z'", $"{name} ILIKE 'z'", $"{name} > '\ufffe'"],
            6 => [$"{name} > TIMESTAMP '2024-02-28 12:00:00'", $"year({name}) = 2024", $"date_trunc('month', {name}) = DATE '2024-02-01'", $"{name} + 1 > DATE '2024-02-29'", $"{name} = '2024-02-29'"],
            7 => [$"{name}::DATE = DATE '2024-02-29'", $"{name} >= DATE '2024-02-29'", $"date_trunc('day', {name}) = TIMESTAMP '2024-02-29 00:00:00'", $"{name} < TIMESTAMPTZ '2024-02-29 12:30:00+02'", $"{name} = '2024-02-29'"],
            8 => [$"{name} >= TIMESTAMP '2024-02-29 13:30:00'", $"{name}::DATE = DATE '2024-02-29'", $"{name} > DATE '2024-02-29'", $"date_trunc('day', {name}) = TIMESTAMPTZ '2024-02-29 00:00:00+01'"],
            9 => [name, $"NOT {name}", $"{name} IS TRUE", $"{name} = (1 = 1)"],
            _ => [],
        });
        return $"({forms[random.Next(forms.Count)]})";
    }

    static string Query(Random random, string condition) => random.Next(9) switch
    {
        0 => $"WITH c AS (SELECT *, id + 1 AS next FROM gold.t WHERE {condition}) SELECT a.id, b.\"name or id\" FROM c a JOIN c b ON a.next = b.id",
        1 => $"SELECT id, day FROM gold.t WHERE {condition} UNION ALL SELECT id, day FROM gold.t WHERE {Condition(random, 1)}",
        2 => $"SELECT id, small FROM gold.t AS o WHERE EXISTS (SELECT 1 FROM gold.t WHERE id = o.id AND {condition})",
        3 => $"SELECT count(*), min(id), max(price), sum(small) FROM gold.t WHERE {condition}",
        4 => $"SELECT day, count(*) FROM (SELECT day, id, small, amount, ratio, price, \"name or id\", ts, tz, flag, st FROM gold.t) WHERE {condition} GROUP BY day HAVING count(*) > 0",
        5 => $"SELECT id, small, price FROM gold.t WHERE {condition} ORDER BY id, small, price, \"name or id\" LIMIT 3",
        6 => $"SELECT a.id, b.small FROM gold.t a LEFT JOIN (SELECT * FROM gold.t WHERE {condition}) b ON a.id = b.id WHERE a.id IN (SELECT id FROM gold.t WHERE {Condition(random, 1)})",
        7 => $"SELECT id, row_number() OVER (PARTITION BY id ORDER BY small, price, ts) FROM gold.t WHERE {condition}",
        _ => $"SELECT * FROM gold.t WHERE {condition}",
    };
}
