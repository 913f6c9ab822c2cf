using System.Globalization;
using System.Numerics;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>Python's <c>datetime.timedelta</c>.</summary>
/// <param name="span">The length of time; whole microseconds.</param>
public sealed class PythonTimeDelta(TimeSpan span) : JinjaObject
{
    /// <summary>The length of time.</summary>
    public TimeSpan Span => span;

    /// <inheritdoc />
    public override string TypeName => "datetime.timedelta";

    /// <inheritdoc />
    public override bool IsTrue => span != TimeSpan.Zero;

    long Days => (long)Math.Floor(span.TotalDays);

    TimeSpan Rest => span - TimeSpan.FromDays(Days);

    internal static PythonClass Class { get; } = new("datetime.timedelta", Make, new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["resolution"] = new LazyConstant(() => new PythonTimeDelta(TimeSpan.FromMicroseconds(1))),
        ["max"] = new LazyConstant(() => new PythonTimeDelta(TimeSpan.MaxValue)),
        ["min"] = new LazyConstant(() => new PythonTimeDelta(TimeSpan.MinValue)),
    });

    static object? Make(JinjaCall call)
    {
        var microseconds = 0.0;
        var names = new (string Name, double Scale)[] { ("days", 86400e6), ("seconds", 1e6), ("microseconds", 1), ("milliseconds", 1e3), ("minutes", 60e6), ("hours", 3600e6), ("weeks", 604800e6) };
        for (var i = 0; i < names.Length; i++)
        {
            if (call.TryGet(i, names[i].Name, out var value))
            {
                microseconds += Real(value) * names[i].Scale;
            }
        }

        if (call.Named.FirstOrDefault(n => names.All(k => k.Name != n.Key)).Key is { } unknown)
        {
            throw JinjaException.Type($"'{unknown}' is an invalid keyword argument for __new__()");
        }

        return Of(microseconds);
    }

    static double Real(object? value) => Numbers.IsNumber(value) ? Numbers.Real(value!) : throw JinjaException.Type($"unsupported type for timedelta component: {TypeNames.Of(value)}");

    static PythonTimeDelta Of(double microseconds) => Math.Abs(microseconds) < 9e17
        ? new(TimeSpan.FromTicks((long)Math.Round(microseconds, MidpointRounding.ToEven) * TimeSpan.TicksPerMicrosecond))
        : throw JinjaException.Value("days; must have magnitude <= 999999999");

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "days" => Days,
            "seconds" => (long)Rest.TotalSeconds,
            "microseconds" => Rest.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond,
            "total_seconds" => new JinjaFunction(name, _ => span.TotalSeconds),
            _ => null,
        };
        return value is not null;
    }

    /// <inheritdoc />
    public override object? Operate(string op, object? right) => (op, right) switch
    {
        ("+", PythonTimeDelta other) => new PythonTimeDelta(span + other.Span),
        ("-", PythonTimeDelta other) => new PythonTimeDelta(span - other.Span),
        ("*", long or double or bool) => Of(span.TotalMicroseconds * Numbers.Real(right)),
        ("/", PythonTimeDelta other) => other.Span == TimeSpan.Zero ? throw JinjaException.Value("division by zero") : span / other.Span,
        ("/", long or double) => Numbers.Real(right) == 0 ? throw JinjaException.Value("division by zero") : Of(span.TotalMicroseconds / Numbers.Real(right)),
        ("//", PythonTimeDelta other) => other.Span == TimeSpan.Zero ? throw JinjaException.Value("division by zero") : (long)Math.Floor(span / other.Span),
        ("//", long) => Numbers.Real(right) == 0 ? throw JinjaException.Value("division by zero") : Of(Math.Floor(span.TotalMicroseconds / Numbers.Real(right))),
        _ => null,
    };

    /// <inheritdoc />
    public override object? OperateReversed(string op, object? left) => op == "*" && left is long or double ? Operate(op, left) : null;

    /// <inheritdoc />
    public override int? CompareTo(object? other) => other is PythonTimeDelta delta ? span.CompareTo(delta.Span) : null;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is PythonTimeDelta other && span == other.Span;

    /// <inheritdoc />
    public override int GetHashCode() => span.GetHashCode();

    internal object Negated() => new PythonTimeDelta(-span);

    /// <inheritdoc />
    public override string ToString()
    {
        var rest = Rest;
        var micros = rest.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond;
        var days = Days == 0 ? "" : $"{Days} day{(Math.Abs(Days) == 1 ? "" : "s")}, ";
        return string.Create(CultureInfo.InvariantCulture, $"{days}{rest.Hours}:{rest.Minutes:00}:{rest.Seconds:00}{(micros == 0 ? "" : $".{micros:000000}")}");
    }

    /// <inheritdoc />
    public override string ToRepr()
    {
        var parts = new[] { ("days", Days), ("seconds", (long)Rest.TotalSeconds), ("microseconds", Rest.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond) };
        var shown = string.Join(", ", parts.Where(p => p.Item2 != 0).Select(p => $"{p.Item1}={p.Item2}"));
        return $"datetime.timedelta({(shown.Length == 0 ? "0" : shown)})";
    }
}
