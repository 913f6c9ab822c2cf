using Lakehouse.Engine;
using Lakehouse.Pipelines.Lineage;
using LakeAspire.Testing;

namespace Lakehouse.Pipelines.Tests.Lineage;

/// <summary>Queries at random against what cannot err: change one column of the tables, and look which columns of the result differ. None may that does not name it, unless it says that it is untraced.</summary>
public sealed class RandomLineageTests(ITestOutputHelper output)
{
    static readonly string[] BaseColumns = ["t.id", "t.a", "t.b", "t.c", "u.id", "u.d", "u.e"];

    [Fact]
    public async Task A_change_of_a_column_is_seen_only_in_columns_that_name_it()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        var changes = await FillAsync(connection);
        var (tried, columns, traced) = (0, 0, 0);
        var wrong = new List<string>();
        while (tried < Soak.Scale(500))
        {
            var (sql, names) = new RandomQuery(random).Next(1 + random.Next(3));
            await connection.ExecuteAsync("USE base");
            string[] before;
            try
            {
                before = await ResultAsync(connection, sql, names.Count);
            }
            catch (EngineException)
            {
                // Not every query is one: names that are there twice, types that do not fit.
                continue;
            }

            tried++;
            var lineage = await LineageTracer.TraceAsync(connection, sql, TestContext.Current.CancellationToken);
            Assert.Equal(names.Count, lineage.Columns.Count);
            columns += names.Count;
            traced += lineage.RowsUntraced is null ? lineage.Columns.Count(c => c.Untraced is null) : 0;
            if (lineage.RowsUntraced is not null)
            {
                continue;
            }

            foreach (var (changed, column) in changes)
            {
                await connection.ExecuteAsync($"USE {changed}");
                string[] after;
                try
                {
                    after = await ResultAsync(connection, sql, names.Count);
                }
                catch (EngineException)
                {
                    // A value that is out of range.
                    continue;
                }

                for (var i = 0; i < names.Count; i++)
                {
                    if (before[i] != after[i] && lineage.Columns[i].Untraced is null && !lineage.Columns[i].Sources.Concat(lineage.Rows).Any(s => $"{s.Column.Table.Name}.{s.Column.Column}" == column))
                    {
                        wrong.Add($"a change of {column} is seen in {names[i]}, of which it is no source:\n{sql}");
                    }
                }
            }
        }

        output.WriteLine($"{tried} queries, {traced} of {columns} columns traced");
        Assert.True(wrong.Count == 0, $"seed {Soak.Seed}: {wrong.Count} wrong\n{string.Join("\n", wrong.DistinctBy(w => w.Split('\n')[1]).OrderBy(w => w.Length).Take(6))}");
        Assert.True(traced > columns / 2, $"only {traced} of {columns} columns are traced");
    }

    static async Task<string[]> ResultAsync(DuckDbConnection connection, string sql, int columns)
    {
        var names = string.Join(", ", Enumerable.Range(0, columns).Select(i => $"c{i}"));
        var lists = string.Join(" || chr(1) || ", Enumerable.Range(0, columns).Select(i => $"coalesce(cast(list(c{i} order by c{i}) as varchar), '')"));
        return (await connection.ScalarAsync<string>($"SELECT {lists} FROM (\n{sql}\n) q({names})", cancellationToken: TestContext.Current.CancellationToken))!.Split('\u0001');
    }

    /// <summary>A database as it is, and two for each column: all of its values changed, and one.</summary>
    static async Task<List<(string Database, string Column)>> FillAsync(DuckDbConnection connection)
    {
        var changes = BaseColumns.SelectMany(column => ((string, string)[])[($"all_{column.Replace('.', '_')}", column), ($"one_{column.Replace('.', '_')}", column)]).ToList();
        foreach (var (name, changed) in changes.Prepend(("base", "")))
        {
            string Of(string column, string value) => column != changed ? $"{value} AS {column[2..]}" : name[0] == 'a' ? $"({value}) * 3 + 7 AS {column[2..]}" : $"CASE i WHEN 3 THEN 5 ELSE {value} END AS {column[2..]}";
            await connection.ExecuteAsync($"ATTACH ':memory:' AS {name}");
            await connection.ExecuteAsync($"CREATE SCHEMA {name}.s");
            await connection.ExecuteAsync($"CREATE TABLE {name}.s.t AS SELECT {Of("t.id", "i")}, {Of("t.a", "i % 3")}, {Of("t.b", "i * i % 7")}, {Of("t.c", "(i * 5) % 4")} FROM range(8) r(i)");
            await connection.ExecuteAsync($"CREATE TABLE {name}.s.u AS SELECT {Of("u.id", "i * 2")}, {Of("u.d", "i % 4")}, {Of("u.e", "i % 3")} FROM range(6) r(i)");
            await connection.ExecuteAsync($"USE {name}");
            await connection.ExecuteAsync("CREATE MACRO plus_two(x) AS x + 2");
            await connection.ExecuteAsync("CREATE MACRO hidden_b() AS (SELECT max(b) FROM s.t)");
            await connection.ExecuteAsync("CREATE MACRO count_of_u() AS (SELECT count(*) FROM s.u WHERE d > 1)");
            await connection.ExecuteAsync("CREATE MACRO ts_above(n) AS TABLE SELECT a AS k, b AS l FROM s.t WHERE c > n");
        }

        return changes;
    }
}
