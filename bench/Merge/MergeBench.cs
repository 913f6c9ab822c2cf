using System.Diagnostics;
using System.Globalization;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace LakeAspire.Bench;

/// <summary>
/// Merges keys, half of them new, into a table: ours by copy-on-write and merge-on-read, over a real catalog, commit included; DuckDB's own MERGE into a table of a database file, checkpoint included; and bare DuckDB
/// that writes the Parquet file again. <c>merge [--rows 10000000] [--keys 1000000] [--rounds 5]</c>. All take the source from the same Parquet file; each starts from a fresh table.
/// </summary>
internal static class MergeBench
{
    const string Names = "id, k, v, s, ts";

    public static async Task<int> RunAsync(string[] args, string folder)
    {
        int Option(string name, int otherwise) => Array.IndexOf(args, "--" + name) is var i and >= 0 ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
        var (rows, keys, rounds) = (Option("rows", 10_000_000), Option("keys", 1_000_000), Option("rounds", 5));
        var (target, source) = (Path.Combine(folder, "target.parquet"), Path.Combine(folder, "source.parquet"));
        using var database = DuckDbDatabase.Open(new DuckDbOptions { PreserveInsertionOrder = false });
        using var connection = database.Connect();
        var spread = rows / (keys / 2);
        await WriteAsync(connection, target, $"SELECT i AS id, ((i * 7) % 1000)::INTEGER AS k, i * 0.5::DOUBLE AS v, 'name ' || (i * 7919 % 5000) AS s, TIMESTAMP '2024-01-01' + to_seconds(i % 86400000) AS ts FROM range({rows}) r(i)");
        await WriteAsync(connection, source, $"SELECT CASE WHEN i % 2 = 0 THEN i / 2 * {spread} ELSE {rows} + i END::BIGINT AS id, 1::INTEGER AS k, 2.0::DOUBLE AS v, 'new ' || i AS s, TIMESTAMP '2025-01-01' AS ts FROM range({keys}) r(i)");
        Console.WriteLine($"{rows:N0} rows of {new FileInfo(target).Length / 1e6:F0} MB, {keys:N0} keys, half of them new, {rounds} rounds, {Environment.ProcessorCount} cores");
        await using var postgres = new PostgresServer();
        await using var server = await CatalogServer.StartAsync(postgres);
        var lake = new Lake(new CatalogClient(server.Client(CatalogServer.ServiceKey)), server.Store);
        var contenders = new (string Name, Func<int, Task<(double Seconds, long Rows)>> Run)[]
        {
            ("DuckDB: MERGE into a native table", round => NativeAsync(folder, round, target, source)),
            ("DuckDB: rewrites the Parquet file", _ => BareAsync(connection, folder, target, source)),
            ("copy-on-write, version 2", round => OursAsync(lake, connection, $"b{round}.cow2", 2, "copy-on-write", target, source)),
            ("copy-on-write, version 3", round => OursAsync(lake, connection, $"b{round}.cow3", 3, "copy-on-write", target, source)),
            ("merge-on-read, position deletes", round => OursAsync(lake, connection, $"b{round}.mor2", 2, "merge-on-read", target, source)),
            ("merge-on-read, deletion vectors", round => OursAsync(lake, connection, $"b{round}.mor3", 3, "merge-on-read", target, source)),
        };
        var times = contenders.ToDictionary(contender => contender.Name, _ => new List<double>(), StringComparer.Ordinal);
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, run) in contenders)
            {
                var (seconds, after) = await run(round);
                if (after != rows + (keys / 2))
                {
                    throw new InvalidOperationException($"{name}: {after} rows");
                }

                // The first round compiles our code and warms the page cache.
                if (round > 0)
                {
                    times[name].Add(seconds);
                }
            }
        }

        var measure = Median(times[contenders[0].Name]);
        Console.WriteLine("| merge | s | of DuckDB's MERGE |");
        Console.WriteLine("|---|---|---|");
        foreach (var (name, _) in contenders)
        {
            Console.WriteLine($"| {name} | {Median(times[name]):F2} | {Median(times[name]) / measure:F2} × |");
        }

        return 0;
    }

    static async Task<(double Seconds, long Rows)> NativeAsync(string folder, int round, string target, string source)
    {
        var file = Path.Combine(folder, $"native{round}.duckdb");
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        await connection.ExecuteAsync($"ATTACH {SqlText.Literal(file)} AS n; CREATE TABLE n.t AS FROM {SqlText.Literal(target)}; CHECKPOINT n");
        var since = Stopwatch.StartNew();
        await connection.ExecuteAsync($"MERGE INTO n.t USING (FROM {SqlText.Literal(source)}) AS s USING (id) WHEN MATCHED THEN UPDATE WHEN NOT MATCHED THEN INSERT");
        await connection.ExecuteAsync("CHECKPOINT n");
        var seconds = since.Elapsed.TotalSeconds;
        var rows = await connection.ScalarAsync<long>("SELECT count(*) FROM n.t");
        await connection.ExecuteAsync("DETACH n");
        File.Delete(file);
        return (seconds, rows);
    }

    static async Task<(double Seconds, long Rows)> BareAsync(DuckDbConnection connection, string folder, string target, string source)
    {
        var output = Path.Combine(folder, "bare.parquet");
        var since = Stopwatch.StartNew();
        await WriteAsync(connection, output, $"SELECT {Names} FROM {SqlText.Literal(target)} ANTI JOIN {SqlText.Literal(source)} AS s USING (id) UNION ALL SELECT {Names} FROM {SqlText.Literal(source)}");
        return (since.Elapsed.TotalSeconds, await connection.ScalarAsync<long>($"SELECT count(*) FROM {SqlText.Literal(output)}"));
    }

    static async Task<(double Seconds, long Rows)> OursAsync(Lake lake, DuckDbConnection connection, string name, int version, string mode, string target, string source)
    {
        var table = TableIdentifier.Parse(name);
        var properties = new Dictionary<string, string> { ["format-version"] = version.ToString(CultureInfo.InvariantCulture), ["write.merge.mode"] = mode };
        var select = $"SELECT {Names} FROM {SqlText.Literal(target)}";
        await using (var creation = lake.BeginTransaction("bench", "create"))
        {
            var created = await creation.OpenOrCreateAsync(table, await SchemaInference.InferAsync(connection, select), properties: properties);
            await creation.AppendQueryAsync(connection, created, select);
            await CommitAsync(creation);
        }

        var since = Stopwatch.StartNew();
        await using (var transaction = lake.BeginTransaction("bench", "merge"))
        {
            await transaction.MergeAsync(connection, await transaction.OpenAsync(table), MergeStatement.Upsert($"FROM {SqlText.Literal(source)}", ["id"]));
            await CommitAsync(transaction);
        }

        var seconds = since.Elapsed.TotalSeconds;
        var merged = await lake.LoadTableAsync(table);
        return (seconds, await connection.ScalarAsync<long>($"SELECT count(*) FROM {(await merged.RelationAsync(connection)).Sql}"));
    }

    static async Task CommitAsync(TableTransaction transaction)
    {
        if (await transaction.CommitAsync() is not CommitResult.Committed)
        {
            throw new InvalidOperationException("not committed");
        }
    }

    static Task WriteAsync(DuckDbConnection connection, string file, string select) => connection.ExecuteAsync($"COPY ({select}) TO {SqlText.Literal(file)} (FORMAT parquet, COMPRESSION zstd)");

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
