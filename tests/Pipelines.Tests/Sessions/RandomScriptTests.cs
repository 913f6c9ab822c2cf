using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions;

namespace Lakehouse.Pipelines.Tests.Sessions;

/// <summary>Random scripts, by a session on the lake and by DuckDB alone: the same statements succeed, and leave the same rows.</summary>
public class RandomScriptTests(PostgresServer postgres, ITestOutputHelper output)
{
    static readonly string[] Types = ["integer", "bigint", "varchar", "hugeint", "decimal(10,2)", "double", "date", "smallint", "boolean", "timestamp"];

    [Fact]
    public async Task Scripts_do_on_the_lake_what_they_do_in_DuckDB()
    {
        output.WriteLine($"seed {Soak.Seed}");
        await using var lab = await SessionLab.StartAsync(postgres);
        using var database = DuckDbDatabase.Open();
        using var plain = database.Connect();
        await plain.ExecuteAsync("ATTACH ':memory:' AS lake; USE lake; CREATE SCHEMA s");
        await using var session = await lab.Sessions.OpenAsync();
        await session.ExecuteAsync("CREATE SCHEMA s");
        var script = new Script(new Random(Soak.Seed));
        var inTransaction = false;
        for (var i = 0; i < Soak.Scale(600); i++)
        {
            var statement = script.Next();
            var expected = await OutcomeAsync(() => plain.ExecuteAsync(statement));
            var actual = await OutcomeAsync(() => session.ExecuteAsync(statement));
            Assert.True(expected is null == actual is null, $"statement {i}: {statement}\nDuckDB: {expected ?? "done"}\nlake: {actual ?? "done"}");
            script.Done(statement, expected is null);
            inTransaction = statement == "BEGIN" || (inTransaction && statement is not ("COMMIT" or "ROLLBACK"));
            if (expected is not null && inTransaction)
            {
                await plain.ExecuteAsync("ROLLBACK");
                await session.ExecuteAsync("ROLLBACK");
                script.RolledBack();
                inTransaction = false;
            }

            foreach (var table in i % 4 == 0 || statement == "COMMIT" ? script.Tables : [])
            {
                var query = $"SELECT *, typeof(COLUMNS(*)) FROM s.{table} ORDER BY ALL";
                Assert.Equal(await RowsAsync(plain, query), await RowsAsync(session, query));
            }
        }
    }

    static async Task<string?> OutcomeAsync(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (LakehouseException error)
        {
            return error.Message;
        }
    }

    static string Text(string query) => $"SELECT to_json(q)::VARCHAR FROM ({query}) AS q";

    static async Task<List<string>> RowsAsync(DuckDbConnection connection, string query)
    {
        var rows = new List<string>();
        await using var result = await connection.QueryAsync(Text(query));
        await foreach (var batch in result.ReadAsync())
        {
            using (batch)
            {
                rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(row => System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row))));
            }
        }

        return rows;
    }

    static async Task<List<string>> RowsAsync(LakeSession session, string query)
    {
        var rows = new List<string>();
        await using var result = await session.QueryAsync(Text(query));
        await foreach (var batch in result.ReadAsync())
        {
            using (batch)
            {
                rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(row => System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row))));
            }
        }

        return rows;
    }

    /// <summary>Statements over a few tables, whose columns it keeps in mind.</summary>
    sealed class Script(Random random)
    {
        readonly Dictionary<string, Dictionary<string, string>> tables = new(StringComparer.Ordinal);
        Dictionary<string, Dictionary<string, string>>? before;
        (string Name, Dictionary<string, string>? Columns)? pending;
        (string From, string To)? renamed;
        int next;

        public IEnumerable<string> Tables => tables.Keys;

        public string Next()
        {
            (pending, renamed) = (null, null);
            if (before is null && random.Next(12) == 0)
            {
                return "BEGIN";
            }

            if (before is not null && random.Next(5) == 0)
            {
                return random.Next(3) == 0 ? "ROLLBACK" : "COMMIT";
            }

            if (tables.Count == 0 || (tables.Count < 5 && random.Next(7) == 0))
            {
                return Create($"t{random.Next(7)}", random.Next(2) == 0 ? "OR REPLACE " : "");
            }

            var name = tables.Keys.ElementAt(random.Next(tables.Count));
            var columns = tables[name];
            var column = columns.Keys.ElementAt(random.Next(columns.Count));
            switch (random.Next(13))
            {
                case 0:
                    return Create(name, "OR REPLACE ");
                case 1:
                    pending = (name, null);
                    return $"DROP TABLE s.{name}";
                case 2:
                    var to = $"t{random.Next(7)}";
                    renamed = (name, to);
                    return $"ALTER TABLE lake.s.{name} RENAME TO {to}";
                case 3:
                    var (added, type) = ($"x{next++}", Types[random.Next(Types.Length)]);
                    pending = (name, new Dictionary<string, string>(columns, StringComparer.Ordinal) { [added] = type });
                    return $"ALTER TABLE s.{name} ADD COLUMN {added} {type}";
                case 4 when columns.Count > 1 && column != "k":
                    pending = (name, columns.Where(c => c.Key != column).ToDictionary(StringComparer.Ordinal));
                    return $"ALTER TABLE s.{name} DROP COLUMN {column}";
                case 5 when column != "k":
                    var other = $"x{next++}";
                    pending = (name, columns.ToDictionary(c => c.Key == column ? other : c.Key, c => c.Value, StringComparer.Ordinal));
                    return $"ALTER TABLE s.{name} RENAME {column} TO {other}";
                case 6:
                    return $"UPDATE s.{name} AS u SET {column} = {Value(columns[column], "u.k + 1")} WHERE u.k % {1 + random.Next(4)} = 0";
                case 7:
                    return $"DELETE FROM s.{name} WHERE k % {2 + random.Next(5)} = {random.Next(3)}";
                case 8:
                    return $"DELETE FROM s.{name} AS d USING (SELECT {random.Next(20)} AS z UNION ALL SELECT {random.Next(20)}) AS o WHERE d.k = o.z";
                case 9:
                    return $"UPDATE s.{name} SET {column} = o.v FROM (SELECT i AS z, {Value(columns[column], "i")} AS v FROM range({random.Next(1, 8)}) r(i)) AS o WHERE s.{name}.k = o.z".Replace($"s.{name}.k = o.z", $"{name}.k = o.z", StringComparison.Ordinal);
                case 10:
                    return $"MERGE INTO s.{name} AS m USING (SELECT i AS k, {Value(columns[column], "i * 2")} AS v FROM range({random.Next(1, 12)}) r(i)) AS n ON m.k = n.k AND m.k IN (SELECT k FROM s.{name} GROUP BY k HAVING count(*) = 1) WHEN MATCHED AND n.k % 3 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET {column} = n.v WHEN NOT MATCHED THEN INSERT ({(column == "k" ? "k" : $"k, {column}")}) VALUES ({(column == "k" ? "n.k" : "n.k, n.v")})";
                case 11:
                    return $"INSERT INTO s.{name} BY NAME SELECT {Value(columns[column], "i + 3")} AS {column}{(column == "k" ? "" : ", i AS k")} FROM range({random.Next(5)}) r(i)";
                default:
                    return $"INSERT INTO s.{name} ({string.Join(", ", columns.Keys)}) VALUES {string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"({string.Join(", ", columns.Values.Select(t => random.Next(5) == 0 ? "NULL" : Value(t, random.Next(20).ToString(System.Globalization.CultureInfo.InvariantCulture))))})"))}";
            }
        }

        public void Done(string statement, bool succeeded)
        {
            if (!succeeded)
            {
                return;
            }

            switch (statement)
            {
                case "BEGIN":
                    before = tables.ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
                    return;
                case "COMMIT":
                    before = null;
                    return;
                case "ROLLBACK":
                    RolledBack();
                    return;
            }

            if (pending is var (name, columns))
            {
                tables.Remove(name);
                if (columns is not null)
                {
                    tables[name] = columns;
                }
            }

            if (renamed is var (from, to))
            {
                tables.Remove(from, out var moved);
                tables[to] = moved!;
            }
        }

        public void RolledBack()
        {
            if (before is null)
            {
                return;
            }

            tables.Clear();
            foreach (var (name, columns) in before)
            {
                tables[name] = columns;
            }

            before = null;
        }

        string Create(string name, string orReplace)
        {
            var columns = new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = "bigint" };
            for (var i = random.Next(4); i > 0; i--)
            {
                columns[$"x{next++}"] = Types[random.Next(Types.Length)];
            }

            pending = (name, columns);
            return $"CREATE {orReplace}TABLE s.{name} AS SELECT {string.Join(", ", columns.Select(c => $"{Value(c.Value, "i")} AS {c.Key}"))} FROM range({random.Next(9)}) r(i)";
        }

        static string Value(string type, string number) => type switch
        {
            "varchar" => $"'v' || ({number})",
            "date" => $"DATE '2024-01-01' + ({number})::INTEGER",
            "timestamp" => $"TIMESTAMP '2024-01-01' + to_hours(({number})::INTEGER)",
            "boolean" => $"(({number}) % 2 = 0)",
            _ => $"({number})::{type}",
        };
    }
}
