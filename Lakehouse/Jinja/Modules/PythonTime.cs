using System.Globalization;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>Python's <c>datetime.time</c>, without a zone.</summary>
/// <param name="time">The time of day.</param>
public sealed class PythonTime(TimeOnly time) : JinjaObject
{
    /// <summary>The time of day.</summary>
    public TimeOnly Time => time;

    /// <inheritdoc />
    public override string TypeName => "datetime.time";

    DateTime OnDay => new DateOnly(1900, 1, 1).ToDateTime(time);

    internal static PythonClass Class { get; } = new("datetime.time", Make, new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["fromisoformat"] = new JinjaFunction("fromisoformat", call => TimeOnly.TryParse(call.RequireText(0, "time_string"), CultureInfo.InvariantCulture, out var parsed)
            ? new PythonTime(parsed)
            : throw JinjaException.Value($"Invalid isoformat string: {Repr.Of(call.Positional[0])}")),
        ["min"] = new LazyConstant(() => new PythonTime(TimeOnly.MinValue)),
        ["max"] = new LazyConstant(() => new PythonTime(TimeOnly.MaxValue)),
    });

    static object? Make(JinjaCall call) => new PythonTime(Of(Field(call, 0, "hour"), Field(call, 1, "minute"), Field(call, 2, "second"), Field(call, 3, "microsecond")));

    static int Field(JinjaCall call, int position, string name) => (int)Math.Clamp(Numbers.Index(call.Get(position, name, 0L), name), -1, 10_000_000);

    internal static TimeOnly Of(int hour, int minute, int second, int microsecond) =>
        hour is < 0 or > 23 ? throw JinjaException.Value("hour must be in 0..23")
        : minute is < 0 or > 59 ? throw JinjaException.Value("minute must be in 0..59")
        : second is < 0 or > 59 ? throw JinjaException.Value("second must be in 0..59")
        : microsecond is < 0 or > 999_999 ? throw JinjaException.Value("microsecond must be in 0..999999")
        : new TimeOnly(hour, minute, second).Add(TimeSpan.FromMicroseconds(microsecond));

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "hour" => (long)time.Hour,
            "minute" => (long)time.Minute,
            "second" => (long)time.Second,
            "microsecond" => (long)DateTimeFormat.Microseconds(OnDay),
            "strftime" => new JinjaFunction(name, call => Format(call.RequireText(0, "format"))),
            "isoformat" => new JinjaFunction(name, _ => ToString()),
            "replace" => new JinjaFunction(name, call => new PythonTime(Of(
                (int)Numbers.Index(call.Get(0, "hour", (long)time.Hour), "hour"),
                (int)Numbers.Index(call.Get(1, "minute", (long)time.Minute), "minute"),
                (int)Numbers.Index(call.Get(2, "second", (long)time.Second), "second"),
                (int)Numbers.Index(call.Get(3, "microsecond", (long)DateTimeFormat.Microseconds(OnDay)), "microsecond")))),
            _ => null,
        };
        return value is not null;
    }

    /// <inheritdoc />
    public override string Format(string specification) => DateTimeFormat.Write(specification, OnDay, null, null);

    /// <inheritdoc />
    public override int? CompareTo(object? other) => other is PythonTime moment ? time.CompareTo(moment.Time) : null;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is PythonTime other && time == other.Time;

    /// <inheritdoc />
    public override int GetHashCode() => time.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => time.ToString(DateTimeFormat.Microseconds(OnDay) == 0 ? "HH:mm:ss" : "HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public override string ToRepr()
    {
        var micros = DateTimeFormat.Microseconds(OnDay);
        return $"datetime.time({time.Hour}, {time.Minute}{(time.Second != 0 || micros != 0 ? $", {time.Second}" : "")}{(micros != 0 ? $", {micros}" : "")})";
    }
}
