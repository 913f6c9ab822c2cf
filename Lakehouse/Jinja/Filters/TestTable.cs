using Lakehouse.Jinja.Methods;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Filters;

/// <summary>Jinja's built-in tests by name.</summary>
internal static class TestTable
{
    public static readonly IReadOnlyDictionary<string, Func<object?, JinjaCall, bool>> All = Build();

    static Dictionary<string, Func<object?, JinjaCall, bool>> Build()
    {
        var all = new Dictionary<string, Func<object?, JinjaCall, bool>>(StringComparer.Ordinal)
        {
            ["defined"] = (value, _) => value is not Undefined,
            ["undefined"] = (value, _) => value is Undefined,
            ["none"] = (value, _) => value is null,
            ["true"] = (value, _) => value is true,
            ["false"] = (value, _) => value is false,
            ["boolean"] = (value, _) => value is bool,
            ["integer"] = (value, _) => value is not bool && Numbers.IsInteger(value),
            ["float"] = (value, _) => value is double,
            ["number"] = (value, _) => Numbers.IsNumber(value),
            ["string"] = (value, _) => value is string,
            ["mapping"] = (value, _) => value is JinjaDict or JinjaObject { IsMapping: true },
            ["sequence"] = (value, _) => value is string or JinjaList or JinjaTuple or JinjaDict or JinjaRange or JinjaGroup or Undefined or JinjaObject { Length: not null },
            ["iterable"] = (value, _) => Iteration.TryGet(value, out var _),
            ["callable"] = (value, _) => value is JinjaCallable,
            ["escaped"] = (_, _) => false,
            ["upper"] = (value, _) => Casing.IsUpper(Text.Of(value)),
            ["lower"] = (value, _) => Casing.IsLower(Text.Of(value)),
            ["odd"] = (value, call) => Remainder(value, 2L, call) is { } rest && Comparison.AreEqual(rest, 1L),
            ["even"] = (value, call) => Remainder(value, 2L, call) is { } rest && Comparison.AreEqual(rest, 0L),
            ["divisibleby"] = (value, call) => Comparison.AreEqual(Remainder(value, call.Require(0, "num"), call), 0L),
            ["in"] = (value, call) => Comparison.Contains(call.Require(0, "seq"), value),
            ["sameas"] = (value, call) => call.Require(0, "other") is var other
                && (ReferenceEquals(value, other) || (value is bool or long or string && value.GetType() == other?.GetType() && value.Equals(other))),
            ["filter"] = (value, call) => value is string name && call.Interpreter.Environment.HasFilter(name),
            ["test"] = (value, call) => value is string name && call.Interpreter.Environment.HasTest(name),
        };
        foreach (var (names, op) in new (string[], string)[]
        {
            (["eq", "==", "equalto"], "=="), (["ne", "!="], "!="), (["lt", "<", "lessthan"], "<"), (["le", "<="], "<="), (["gt", ">", "greaterthan"], ">"), (["ge", ">="], ">="),
        })
        {
            foreach (var name in names)
            {
                all[name] = (value, call) => Compare(op, value, call.Require(0, "other"));
            }
        }

        return all;
    }

    static object? Remainder(object? value, object? by, JinjaCall call) => Operators.Apply(call.Interpreter.Budget, "%", value is string ? throw JinjaException.Type("not all arguments converted during string formatting") : value, by);

    static bool Compare(string op, object? a, object? b) => op switch
    {
        "==" => Comparison.AreEqual(a, b),
        "!=" => !Comparison.AreEqual(a, b),
        _ => Comparison.Ordered(op, a, b),
    };
}
