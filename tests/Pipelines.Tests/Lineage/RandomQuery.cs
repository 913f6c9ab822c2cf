using System.Text;

namespace Lakehouse.Pipelines.Tests.Lineage;

/// <summary>Queries at random over <c>s.t (id, a, b, c)</c> and <c>s.u (id, d, e)</c>, all columns BIGINT: every clause and shape of DuckDB's SELECT that models use, one within the other.</summary>
internal sealed class RandomQuery(Random random)
{
    int names;

    /// <summary>A query, and the columns that it gives.</summary>
    public (string Sql, IReadOnlyList<string> Columns) Next(int depth = 3)
    {
        if (depth == 0)
        {
            return random.Next(2) == 0 ? ("select id, a, b, c from s.t", ["id", "a", "b", "c"]) : ("select id, d, e from s.u", ["id", "d", "e"]);
        }

        return random.Next(24) switch
        {
            0 or 1 => Project(depth),
            2 => Where(depth),
            3 => Group(depth, all: false),
            4 => Group(depth, all: true),
            5 => Window(depth),
            6 or 7 => Join(depth),
            8 => SetOperation(depth),
            9 => ByName(depth),
            10 => With(depth),
            11 => Recursive(depth),
            12 => Distinct(depth),
            13 => Limited(depth),
            14 => InSubquery(depth),
            15 => Scalar(depth),
            16 => Lateral(depth),
            17 => UnnestSelected(depth),
            18 => UnnestFrom(depth),
            19 => Pivot(depth),
            20 => Unpivot(depth),
            21 => Macro(depth),
            22 => Stars(depth),
            _ => GroupingSets(depth),
        };
    }

    string Name() => $"n{names++}";

    string One(IReadOnlyList<string> columns) => columns[random.Next(columns.Count)];

    string Expression(IReadOnlyList<string> columns, string prefix = "") => random.Next(9) switch
    {
        0 or 1 or 2 => prefix + One(columns),
        3 => $"({prefix}{One(columns)} + {prefix}{One(columns)})",
        4 => $"case when {prefix}{One(columns)} > {random.Next(6)} then {prefix}{One(columns)} else {random.Next(9)} end",
        5 => $"coalesce(nullif({prefix}{One(columns)}, {random.Next(4)}), {prefix}{One(columns)})",
        6 => $"list_sum(list_transform([{prefix}{One(columns)}, {prefix}{One(columns)}], lambda q: q + {prefix}{One(columns)}))",
        7 => $"({{'x': {prefix}{One(columns)}, 'y': {prefix}{One(columns)}}}).y",
        _ => $"cast(cast({prefix}{One(columns)} as varchar) as bigint)",
    };

    string Aggregate(IReadOnlyList<string> columns) => random.Next(7) switch
    {
        0 => $"sum({Expression(columns)})",
        1 => "count(*)",
        2 => $"max({One(columns)}) filter (where {One(columns)} > {random.Next(4)})",
        3 => $"list_sum(list({One(columns)} order by {One(columns)})[1:2])",
        4 => $"arg_max({One(columns)}, {One(columns)})",
        5 => $"count(distinct {One(columns)})",
        _ => $"min({One(columns)}) + max({One(columns)})",
    };

    string Condition(IReadOnlyList<string> columns, string prefix = "") => random.Next(3) switch
    {
        0 => $"{prefix}{One(columns)} > {random.Next(5)}",
        1 => $"{prefix}{One(columns)} <= {prefix}{One(columns)}",
        _ => $"{prefix}{One(columns)} between {random.Next(3)} and {3 + random.Next(20)}",
    };

    (string, IReadOnlyList<string>) Select(IReadOnlyList<string> columns, Func<string> expression, string tail)
    {
        var given = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => (Expression: expression(), Name: Name())).ToList();
        return ($"select {string.Join(", ", given.Select(g => $"{g.Expression} as {g.Name}"))} {tail}", [.. given.Select(g => g.Name)]);
    }

    (string, IReadOnlyList<string>) Project(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        return Select(columns, () => Expression(columns), $"from ({sql}) x{(random.Next(2) == 0 ? $" where {Condition(columns)}" : "")}");
    }

    (string, IReadOnlyList<string>) Where(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var kept = columns.Where(_ => random.Next(3) > 0).DefaultIfEmpty(columns[0]).ToList();
        return ($"select {string.Join(", ", kept)} from ({sql}) x where {Condition(columns)}", kept);
    }

    (string, IReadOnlyList<string>) Group(int depth, bool all)
    {
        var (sql, columns) = Next(depth - 1);
        var (key, aggregate, k, n) = (random.Next(2) == 0 ? One(columns) : $"{One(columns)} % 3", Aggregate(columns), Name(), Name());
        var having = random.Next(3) == 0 ? $" having {Aggregate(columns)} > 1" : "";
        return ($"select {key} as {k}, {aggregate} as {n} from ({sql}) x group by {(all ? "all" : random.Next(2) == 0 ? "1" : key)}{having}", [k, n]);
    }

    (string, IReadOnlyList<string>) GroupingSets(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (k, l, n, g) = (columns[0], columns[^1], Name(), Name());
        var sets = random.Next(3) switch { 0 => $"rollup ({k}, {l})", 1 => $"cube ({k}, {l})", _ => $"grouping sets (({k}), ({l}), ())" };
        return ($"select {k} as {g}, {Aggregate(columns)} as {n} from ({sql}) x group by {sets}", [g, n]);
    }

    (string, IReadOnlyList<string>) Window(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (kept, n) = (One(columns), Name());
        var function = random.Next(6) switch
        {
            0 => "row_number()", 1 => "rank()", 2 => $"sum({One(columns)})", 3 => $"lag({One(columns)}, 1, {One(columns)})", 4 => $"first_value({One(columns)})", _ => $"max({One(columns)}) filter (where {Condition(columns)})",
        };
        var frame = random.Next(3) == 0 ? " rows between 1 preceding and current row" : "";
        var order = $"{One(columns)}, {string.Join(", ", columns)}";
        var qualify = random.Next(3) == 0 ? $" qualify row_number() over (partition by {One(columns)} order by {order}) = 1" : "";
        return random.Next(3) == 0
            ? ($"select {kept}, {function} over w as {n} from ({sql}) x window w as (partition by {One(columns)} order by {order}{frame}){qualify}", [kept, n])
            : ($"select {kept}, {function} over (partition by {One(columns)} order by {order}{frame}) as {n} from ({sql}) x{qualify}", [kept, n]);
    }

    (string, IReadOnlyList<string>) Join(int depth)
    {
        var ((left, l), (right, r)) = (Next(depth - 1), Next(depth - 1));
        var (x, y, m, n) = (One(l), One(r), Name(), Name());
        if (random.Next(4) == 0)
        {
            // By USING, under one name.
            var key = Name();
            var type = Pick("join", "left join", "right join", "full join", "semi join", "anti join");
            var (a, b) = ($"(select {x} as {key}, {One(l)} as {m} from ({left}) z) p", $"(select {y} as {key}, {One(r)} as {n} from ({right}) z) q");
            return type is "semi join" or "anti join" ? ($"select * from {a} {type} {b} using ({key})", [key, m])
                : random.Next(2) == 0 ? ($"select * from {a} {type} {b} using ({key})", [key, m, n]) : ($"select {key}, p.{m}, q.{n} from {a} {(random.Next(3) == 0 ? "natural " + type : type)} {b}{Using()}", [key, m, n]);

            string Using() => "";
        }

        return random.Next(7) switch
        {
            0 => ($"select p.{x} as {m}, q.{y} as {n} from (select * from ({left}) z order by all) p positional join (select * from ({right}) z order by all) q", [m, n]),
            1 => ($"select p.{x} as {m}, q.{y} as {n} from ({left}) p asof join (select {y}, max({One(r)}) as {y}_ from ({right}) z group by {y}) q on p.{x} >= q.{y}", [m, n]),
            2 => ($"select p.{x} as {m} from ({left}) p {Pick("semi", "anti")} join ({right}) q on p.{One(l)} = q.{y}", [m]),
            3 => ($"select p.{x} as {m}, q.{y} as {n} from ({left}) p, ({right}) q where p.{One(l)} = q.{One(r)}", [m, n]),
            _ => ($"select p.{x} as {m}, q.{y} as {n} from ({left}) p {Pick("", "left", "right", "full")} join ({right}) q on p.{One(l)} = q.{One(r)}", [m, n]),
        };
    }

    (string, IReadOnlyList<string>) SetOperation(int depth)
    {
        var ((left, l), (right, r)) = (Next(depth - 1), Next(depth - 1));
        var (m, n) = (Name(), Name());
        return ($"select {One(l)} as {m}, {One(l)} as {n} from ({left}) p {Pick("union", "union all", "except", "except all", "intersect", "intersect all")} select {One(r)}, {One(r)} from ({right}) q", [m, n]);
    }

    (string, IReadOnlyList<string>) ByName(int depth)
    {
        var ((left, l), (right, r)) = (Next(depth - 1), Next(depth - 1));
        var (m, n, o) = (Name(), Name(), Name());
        return ($"select {One(l)} as {m}, {One(l)} as {n} from ({left}) p union {Pick("", "all ")}by name select {One(r)} as {n}, {One(r)} as {o} from ({right}) q", [m, n, o]);
    }

    (string, IReadOnlyList<string>) With(int depth)
    {
        var ((left, l), (right, r)) = (Next(depth - 1), Next(depth - 1));
        var (c, d, n) = (Name(), Name(), Name());
        var renamed = l.Select(_ => Name()).ToList();
        return ($"with {c}({string.Join(", ", renamed)}) as {Pick("", "materialized ", "not materialized ")}({left}), {d} as (select * from ({right}) z where {One(r)} in (select {One(renamed)} from {c})) select {One(renamed)} as {n} from {c} where exists (select 1 from {d} where {d}.{One(r)} = {c}.{One(renamed)})", [n]);
    }

    (string, IReadOnlyList<string>) Recursive(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (c, m, n) = (Name(), Name(), Name());
        var step = random.Next(2) == 0 ? $"select {n} % 5, ({m} + 1) % 4 from {c}" : $"select ({m} + 1) % 5, {n} % 7 from {c} where {m} < 3";
        return ($"with recursive {c}({m}, {n}) as (select {One(columns)} % 5, {One(columns)} % 7 from ({sql}) x union {step}) select {m}, {n} from {c}", [m, n]);
    }

    (string, IReadOnlyList<string>) Distinct(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (m, n) = (Name(), Name());
        return random.Next(2) == 0
            ? ($"select distinct {Expression(columns)} as {m}, {One(columns)} as {n} from ({sql}) x", [m, n])
            : ($"select distinct on ({One(columns)}) {One(columns)} as {m}, {One(columns)} as {n} from ({sql}) x order by {string.Join(", ", columns.Select(k => "x." + k))}", [m, n]);
    }

    (string, IReadOnlyList<string>) Limited(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (m, n) = (Name(), Name());
        return random.Next(3) switch
        {
            0 => ($"select {One(columns)} as {m}, {One(columns)} as {n} from ({sql}) x order by all limit 3", [m, n]),
            1 => ($"select {One(columns)} as {m}, {One(columns)} as {n} from (select * from ({sql}) y order by {One(columns)}, {string.Join(", ", columns)} limit 4) x order by {m}, 2 limit (select count(*) // 2 from s.u where d > 0)", [m, n]),
            _ => ($"select {One(columns)} as {m} from ({sql}) x order by {Expression(columns)}, {string.Join(", ", columns)} limit 2 offset 1", [m]),
        };
    }

    (string, IReadOnlyList<string>) InSubquery(int depth)
    {
        var ((left, l), (right, r)) = (Next(depth - 1), Next(depth - 1));
        var (m, n) = (Name(), Name());
        var condition = random.Next(4) switch
        {
            0 => $"p.{One(l)} in (select {One(r)} from ({right}) q)",
            1 => $"not exists (select 1 from ({right}) q where q.{One(r)} = p.{One(l)})",
            2 => $"p.{One(l)} > any (select {One(r)} from ({right}) q where {Condition(r)})",
            _ => $"p.{One(l)} < all (select {One(r)} from ({right}) q)",
        };
        return random.Next(2) == 0 ? ($"select p.{One(l)} as {m} from ({left}) p where {condition}", [m]) : ($"select p.{One(l)} as {m}, cast(({condition}) as bigint) as {n} from ({left}) p", [m, n]);
    }

    (string, IReadOnlyList<string>) Scalar(int depth)
    {
        var ((left, l), (right, r)) = (Next(depth - 1), Next(depth - 1));
        var (m, n) = (Name(), Name());
        return ($"select p.{One(l)} as {m}, (select {Aggregate(r)} from ({right}) q where q.{One(r)} {Pick("=", "<")} p.{One(l)}) as {n} from ({left}) p", [m, n]);
    }

    (string, IReadOnlyList<string>) Lateral(int depth)
    {
        var ((left, l), (right, r)) = (Next(depth - 1), Next(depth - 1));
        var (m, n, v) = (Name(), Name(), Name());
        return random.Next(2) == 0
            ? ($"select p.{One(l)} as {m}, k.{v} as {n} from ({left}) p, lateral (select p.{One(l)} + 1 as {v}) k", [m, n])
            : ($"select p.{One(l)} as {m}, k.{v} as {n} from ({left}) p {Pick("join", "left join")} lateral (select max(q.{One(r)}) as {v} from ({right}) q where q.{One(r)} >= p.{One(l)}) k on true", [m, n]);
    }

    (string, IReadOnlyList<string>) UnnestSelected(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (m, n) = (Name(), Name());
        var list = random.Next(2) == 0 ? $"[{One(columns)}, {One(columns)}]" : $"range(abs({One(columns)}) % 4)";
        return ($"select {One(columns)} as {m}, unnest({list}) as {n} from ({sql}) x", [m, n]);
    }

    (string, IReadOnlyList<string>) UnnestFrom(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (m, n) = (Name(), Name());
        var function = random.Next(3) switch { 0 => $"unnest([x.{One(columns)}, x.{One(columns)}])", 1 => $"generate_series(0, abs(x.{One(columns)}) % 4)", _ => $"unnest(list_filter([x.{One(columns)}, 1], lambda q: q > x.{One(columns)}))" };
        return ($"select x.{One(columns)} as {m}, g.v as {n} from ({sql}) x, {function} as g(v)", [m, n]);
    }

    (string, IReadOnlyList<string>) Pivot(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (k, v, m, n) = (Name(), Name(), Name(), Name());
        var source = $"(select {One(columns)} % 3 as {k}, {One(columns)} as {v}, {One(columns)} % 2 as {m} from ({sql}) z)";
        return random.Next(2) == 0
            ? ($"select {m}, \"0\" as {n} from (pivot {source} on {k} in (0, 1) using sum({v}) group by {m}) w", [m, n])
            : ($"select w.{m}, y.d as {n} from (select * from {source} pivot (count({v}) for {k} in (0, 1, 2))) w join s.u y on w.{m} = y.id", [m, n]);
    }

    (string, IReadOnlyList<string>) Unpivot(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (k, l, v, m, n) = (Name(), Name(), Name(), Name(), Name());
        return ($"select {m}, length({n}) as {n}_, {v} from (select {One(columns)} as {m}, {One(columns)} as {k}, nullif({One(columns)}, 1) as {l} from ({sql}) z) unpivot {Pick("", "include nulls ")}({v} for {n} in ({k}, {l}))", [m, $"{n}_", v]);
    }

    (string, IReadOnlyList<string>) Macro(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        var (m, n) = (Name(), Name());
        return random.Next(3) switch
        {
            0 => ($"select {One(columns)} as {m}, plus_two({One(columns)}) as {n} from ({sql}) x", [m, n]),
            1 => ($"select id + count_of_u() as {m}, a as {n} from s.t where a < hidden_b()", [m, n]),
            _ => ($"select x.{One(columns)} as {m}, g.k as {n} from ({sql}) x join ts_above({random.Next(4)}) g on g.k = x.{One(columns)}", [m, n]),
        };
    }

    (string, IReadOnlyList<string>) Stars(int depth)
    {
        var (sql, columns) = Next(depth - 1);
        return random.Next(5) switch
        {
            0 => ($"select * replace ({One(columns)} + 1 as {columns[0]}) from ({sql}) x", columns),
            1 => ($"select x.* from ({sql}) x join s.u y on x.{One(columns)} = y.{One(["id", "d", "e"])}", columns),
            2 => ($"select columns(*) + {One(columns)} from ({sql}) x", columns),
            3 => ($"select max(columns(*)) from ({sql}) x group by {One(columns)}", columns),
            _ => columns.Count > 1 ? ($"from ({sql}) x select * exclude ({columns[0]})", [.. columns.Skip(1)]) : ($"from ({sql}) x", columns),
        };
    }

    string Pick(params string[] of) => of[random.Next(of.Length)];

    public override string ToString() => new StringBuilder("RandomQuery after ").Append(names).Append(" names").ToString();
}
