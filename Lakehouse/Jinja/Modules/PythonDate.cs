using System.Globalization;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>Python's <c>datetime.date</c>.</summary>
/// <param name="date">The day.</param>
public sealed class PythonDate(DateOnly date) : JinjaObject
{
    /// <summary>The day.</summary>
    public DateOnly Date => date;

    /// <inheritdoc />
    public override string TypeName => "datetime.date";

    DateTime Midnight => date.ToDateTime(TimeOnly.MinValue);

    internal static PythonClass Class { get; } = new("datetime.date", Make, new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["today"] = new JinjaFunction("today", _ => new PythonDate(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime))),
        ["fromisoformat"] = new JinjaFunction("fromisoformat", call => FromIso(call.RequireText(0, "date_string"))),
        ["fromordinal"] = new JinjaFunction("fromordinal", call => Within(() => new PythonDate(DateOnly.FromDayNumber((int)Numbers.Index(call.Require(0, "ordinal"), "ordinal") - 1)))),
        ["fromtimestamp"] = new JinjaFunction("fromtimestamp", call => new PythonDate(DateOnly.FromDateTime(PythonDateTime.FromSeconds(call.Require(0, "timestamp"))))),
        ["min"] = new LazyConstant(() => new PythonDate(DateOnly.MinValue)),
        ["max"] = new LazyConstant(() => new PythonDate(DateOnly.MaxValue)),
    });

    static object? Make(JinjaCall call) => Of(Field(call, 0, "year"), Field(call, 1, "month"), Field(call, 2, "day"));

    static int Field(JinjaCall call, int position, string name) => (int)Math.Clamp(Numbers.Index(call.Require(position, name), name), -1, 100_000);

    internal static PythonDate Of(int year, int month, int day) => new(
        year is < 1 or > 9999 ? throw JinjaException.Value($"year {year} is out of range")
        : month is < 1 or > 12 ? throw JinjaException.Value("month must be in 1..12")
        : day < 1 || day > DateTime.DaysInMonth(year, month) ? throw JinjaException.Value("day is out of range for month")
        : new DateOnly(year, month, day));

    static PythonDate FromIso(string text) =>
        DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
            ? new PythonDate(parsed)
            : throw JinjaException.Value($"Invalid isoformat string: {Repr.Of(text)}");

    internal static T Within<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentOutOfRangeException)
        {
            throw JinjaException.Value("date value out of range");
        }
    }

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "year" => (long)date.Year,
            "month" => (long)date.Month,
            "day" => (long)date.Day,
            "strftime" => new JinjaFunction(name, call => DateTimeFormat.Write(call.RequireText(0, "format"), Midnight, null, null)),
            "isoformat" => new JinjaFunction(name, _ => ToString()),
            "ctime" => new JinjaFunction(name, _ => DateTimeFormat.Write("%c", Midnight, null, null)),
            "weekday" => new JinjaFunction(name, _ => ((long)date.DayOfWeek + 6) % 7),
            "isoweekday" => new JinjaFunction(name, _ => (((long)date.DayOfWeek + 6) % 7) + 1),
            "toordinal" => new JinjaFunction(name, _ => date.DayNumber + 1L),
            "isocalendar" => new JinjaFunction(name, _ => Calendar(Midnight)),
            "timetuple" => new JinjaFunction(name, _ => PythonDateTime.TimeTuple(Midnight)),
            "replace" => new JinjaFunction(name, call => Of(
                (int)Numbers.Index(call.Get(0, "year", (long)date.Year), "year"),
                (int)Numbers.Index(call.Get(1, "month", (long)date.Month), "month"),
                (int)Numbers.Index(call.Get(2, "day", (long)date.Day), "day"))),
            _ => null,
        };
        return value is not null;
    }

    internal static JinjaTuple Calendar(DateTime day) => new([(long)ISOWeek.GetYear(day), (long)ISOWeek.GetWeekOfYear(day), (((long)day.DayOfWeek + 6) % 7) + 1]);

    /// <inheritdoc />
    public override object? Operate(string op, object? right) => (op, right) switch
    {
        ("+", PythonTimeDelta delta) => Within(() => new PythonDate(date.AddDays((int)Math.Floor(delta.Span.TotalDays)))),
        ("-", PythonTimeDelta delta) => Within(() => new PythonDate(date.AddDays(-(int)Math.Floor(delta.Span.TotalDays)))),
        ("-", PythonDate other) => new PythonTimeDelta(TimeSpan.FromDays(date.DayNumber - other.Date.DayNumber)),
        _ => null,
    };

    /// <inheritdoc />
    public override int? CompareTo(object? other) => other is PythonDate day ? date.CompareTo(day.Date) : null;

    /// <inheritdoc />
    public override string? Format(string specification) => DateTimeFormat.Write(specification, Midnight, null, null);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is PythonDate other && date == other.Date;

    /// <inheritdoc />
    public override int GetHashCode() => date.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public override string ToRepr() => $"datetime.date({date.Year}, {date.Month}, {date.Day})";
}
