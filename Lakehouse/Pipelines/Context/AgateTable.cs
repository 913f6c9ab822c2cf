using System.Globalization;
using System.Text;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Pipelines.Context;

/// <summary>The rows of a query in templates, with the members of the tables that dbt gives.</summary>
internal sealed class AgateTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> rows, IReadOnlyList<string> types) : JinjaObject
{
    public static AgateTable Empty { get; } = new([], [], []);

    public override string TypeName => "Table";

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<IReadOnlyList<object?>> Rows => rows;

    /// <summary>The kind of a column: Boolean, Integer, Number, Date, DateTime or Text.</summary>
    public string TypeAt(int column) => types[column];

    /// <summary>The rows of a response. Columns of the same name get a number.</summary>
    public static AgateTable Of(AdapterTable table)
    {
        var names = new List<string>();
        foreach (var column in table.Columns)
        {
            var name = column.Name;
            for (var n = 2; names.Contains(name, StringComparer.Ordinal); n++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{column.Name}_{n}");
            }

            names.Add(name);
        }

        return new AgateTable(names, [.. table.Rows.Select(r => (IReadOnlyList<object?>)[.. r.Select(AdapterValues.ForTemplate)])], [.. table.Columns.Select(c => TypeOf(c.Type))]);
    }

    static string TypeOf(string type) => type.Split('(')[0].ToUpperInvariant() switch
    {
        "BOOLEAN" => "Boolean",
        "DATE" => "Date",
        "TIMESTAMP" or "TIMESTAMP WITH TIME ZONE" => "DateTime",
        "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" => "Integer",
        "DECIMAL" or "DOUBLE" or "FLOAT" => "Number",
        _ => "Text",
    };

    /// <summary>The rows as tuples: what <c>load_result(…)['data']</c> is.</summary>
    public JinjaList Matrix() => new(rows.Select(r => (object?)new JinjaTuple(r)));

    JinjaList RowList => new(rows.Select(r => (object?)new NamedValues("Row", columns, r)));

    IReadOnlyList<object?> ColumnObjects => [.. columns.Select((c, i) => (object?)new ColumnValues(c, i, types[i], this))];

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "columns" => new NamedValues("MappedSequence", columns, ColumnObjects),
            "column_names" => new JinjaTuple([.. columns]),
            "column_types" => new JinjaTuple([.. types.Select(t => (object?)new AttributeBag(t, new Dictionary<string, object?>(StringComparer.Ordinal)))]),
            "rows" => new NamedValues("MappedSequence", null, [.. RowList.Items]),
            "row_names" => null,
            "print_table" => new JinjaFunction(name, call => Shown(call)),
            "print_csv" => new JinjaFunction(name, _ => null),
            "print_json" => new JinjaFunction(name, _ => null),
            "to_json" => new JinjaFunction(name, _ => Json.Write(new JinjaList(rows.Select(r => (object?)Dict(r))))),
            "select" => new JinjaFunction(name, call => Select([.. Iteration.Of(call.Require(0, "key")).Select(Text.Of)])),
            "exclude" => new JinjaFunction(name, call => Iteration.Of(call.Require(0, "key")).Select(Text.Of).ToHashSet(StringComparer.Ordinal) is var without ? Select([.. columns.Where(c => !without.Contains(c))]) : null),
            "limit" => new JinjaFunction(name, call => new AgateTable(columns, [.. rows.Take((int)Math.Clamp(Convert.ToInt64(call.Require(0, "start_or_stop"), CultureInfo.InvariantCulture), 0, int.MaxValue))], types)),
            "rename" => new JinjaFunction(name, Rename),
            "where" => new JinjaFunction(name, call => new AgateTable(columns, [.. rows.Where(r => Truth.Of(call.Call(call.Require(0, "test"), new NamedValues("Row", columns, r))))], types)),
            "order_by" => new JinjaFunction(name, OrderBy),
            "distinct" => new JinjaFunction(name, call => Distinct(call.Get(0, "key"))),
            _ => null,
        };
        return value is not null || name == "row_names";
    }

    JinjaDict Dict(IReadOnlyList<object?> row) => new(columns.Select((c, i) => KeyValuePair.Create(c, row[i])));

    AgateTable Select(IReadOnlyList<string> names)
    {
        var places = names.Select(n => columns.ToList().IndexOf(n) is var at and >= 0 ? at : throw JinjaException.Value(Repr(n))).ToArray();
        return new AgateTable(names, [.. rows.Select(r => (IReadOnlyList<object?>)[.. places.Select(p => r[p])])], [.. places.Select(p => types[p])]);
    }

    object? Rename(JinjaCall call) => call.Require(0, "column_names") switch
    {
        JinjaDict names => new AgateTable([.. columns.Select(c => names.TryGet(c, out var other) ? Text.Of(other) : c)], rows, types),
        var list => new AgateTable([.. Iteration.Of(list).Select(Text.Of)], rows, types),
    };

    object? OrderBy(JinjaCall call)
    {
        var key = call.Require(0, "key");
        var at = key is string name ? columns.ToList().IndexOf(name) : -1;
        var sorted = rows.OrderBy(r => at >= 0 ? r[at] : call.Call(key, new NamedValues("Row", columns, r)), Comparer<object?>.Create((a, b) => a is null ? (b is null ? 0 : 1) : b is null ? -1 : Ordering.Compare(a, b)));
        var list = sorted.ToList();
        if (Truth.Of(call.Get(1, "reverse", false)))
        {
            list.Reverse();
        }

        return new AgateTable(columns, list, types);
    }

    AgateTable Distinct(object? key)
    {
        var at = key is string name ? columns.ToList().IndexOf(name) : -1;
        var seen = new JinjaSet();
        return new AgateTable(columns, [.. rows.Where(r => seen.Add(at >= 0 ? r[at] : new JinjaTuple(r)))], types);
    }

    /// <summary>The table as text, as <c>print_table</c> draws it.</summary>
    public string Shown(JinjaCall? call = null)
    {
        var most = (int)Math.Clamp(call?.Get(0, "max_rows", 20L) as long? ?? 20L, 0, 10_000);
        var cells = rows.Take(most).Select(r => r.Select(v => v is null ? "" : Text.Of(v)).ToArray()).ToArray();
        var widths = columns.Select((c, i) => Math.Max(c.Length, cells.Select(r => r[i].Length).DefaultIfEmpty(0).Max())).ToArray();
        var result = new StringBuilder();
        Line([.. columns]);
        result.Append("| ").AppendJoin(" | ", widths.Select(w => new string('-', w))).Append(" |\n");
        foreach (var row in cells)
        {
            Line(row);
        }

        if (rows.Count > most)
        {
            result.Append("| ").AppendJoin(" | ", widths.Select(w => "...".PadRight(w))).Append(" |\n");
        }

        return result.ToString();

        void Line(IReadOnlyList<string> parts) => result.Append("| ").AppendJoin(" | ", parts.Select((p, i) => types[i] is "Number" or "Integer" ? p.PadLeft(widths[i]) : p.PadRight(widths[i]))).Append(" |\n");
    }

    static string Repr(string text) => $"'{text}'";

    public override string ToString() => Shown();

    public override string ToRepr() => "<agate.table.Table object>";

    /// <summary>Values that have names: rows by column, columns by name; found by place or name.</summary>
    internal class NamedValues(string type, IReadOnlyList<string>? names, IReadOnlyList<object?> values) : JinjaObject
    {
        public override string TypeName => type;

        public override long? Length => values.Count;

        public override bool IsTrue => values.Count > 0;

        public override IEnumerable<object?> Iterate() => values;

        public override bool TryGetItem(object? key, out object? value)
        {
            value = null;
            switch (key)
            {
                case long place when place >= -values.Count && place < values.Count:
                    value = values[(int)(place < 0 ? place + values.Count : place)];
                    return true;
                case string name when names is not null && names.ToList().IndexOf(name) is var at and >= 0:
                    value = values[at];
                    return true;
                default:
                    return false;
            }
        }

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name switch
            {
                "values" => new JinjaFunction(name, _ => new JinjaTuple(values)),
                "keys" => new JinjaFunction(name, _ => names is null ? null : new JinjaTuple([.. names])),
                "items" => new JinjaFunction(name, _ => new JinjaList((names ?? []).Select((n, i) => (object?)new JinjaTuple([n, values[i]])))),
                "get" => new JinjaFunction(name, call => TryGetItem(call.Require(0, "key"), out var found) ? found : call.Get(1, "default")),
                "dict" => new JinjaFunction(name, _ => new OrderedDict((names ?? []).Select((n, i) => KeyValuePair.Create(n, values[i])))),
                _ => null,
            };
            return value is not null;
        }

        public override bool Equals(object? obj) => obj is NamedValues other && new JinjaTuple(values) is var own && Ordering.AreEqual(own, new JinjaTuple(other.Values));

        public override int GetHashCode() => values.Count;

        protected IReadOnlyList<object?> Values => values;

        public override string ToString() => $"<agate.{type}: ({string.Join(", ", values.Take(5).Select(Ordering.Repr))}{(values.Count > 5 ? ", ..." : values.Count == 1 ? "," : "")})>";
    }

    sealed class ColumnValues(string name, int index, string dataType, AgateTable table) : NamedValues("Column", null, [.. table.Rows.Select(r => r[index])])
    {
        public override bool TryGetAttribute(string attribute, out object? value)
        {
            value = attribute switch
            {
                "name" => name,
                "index" => (long)index,
                "data_type" => new AttributeBag(dataType, new Dictionary<string, object?>(StringComparer.Ordinal)),
                "values_distinct" => new JinjaFunction(attribute, _ => Unique(Values)),
                "values_without_nulls" => new JinjaFunction(attribute, _ => new JinjaTuple([.. Values.Where(v => v is not null)])),
                "values_sorted" => new JinjaFunction(attribute, _ => new JinjaList(Values.Order(Comparer<object?>.Create((a, b) => a is null ? (b is null ? 0 : 1) : b is null ? -1 : Ordering.Compare(a, b))))),
                _ => null,
            };
            return value is not null || base.TryGetAttribute(attribute, out value);
        }

        static JinjaSet Unique(IReadOnlyList<object?> values)
        {
            var set = new JinjaSet();
            foreach (var value in values)
            {
                set.Add(value);
            }

            return set;
        }
    }
}

/// <summary>Python's <c>OrderedDict</c>: a mapping that is written with its name.</summary>
internal sealed class OrderedDict(IEnumerable<KeyValuePair<string, object?>> entries) : JinjaObject
{
    readonly JinjaDict dict = new(entries);

    public override string TypeName => "OrderedDict";

    public override long? Length => dict.Count;

    public override bool IsMapping => true;

    public override bool IsTrue => dict.Count > 0;

    public override IEnumerable<object?> Iterate() => dict.Keys;

    public override bool TryGetItem(object? key, out object? value) => dict.TryGet(key, out value);

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "items" => new JinjaFunction(name, _ => new JinjaList(dict.Entries.Select(e => (object?)new JinjaTuple([e.Key, e.Value])))),
            "keys" => new JinjaFunction(name, _ => new JinjaList(dict.Keys)),
            "values" => new JinjaFunction(name, _ => new JinjaList(dict.Values)),
            "get" => new JinjaFunction(name, call => dict.TryGet(call.Require(0, "key"), out var found) ? found : call.Get(1, "default")),
            _ => null,
        };
        return value is not null;
    }

    public override string ToString() => $"OrderedDict([{string.Join(", ", dict.Entries.Select(e => Ordering.Repr(new JinjaTuple([e.Key, e.Value]))))}])";
}
