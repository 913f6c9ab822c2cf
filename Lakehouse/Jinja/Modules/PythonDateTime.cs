using System.Globalization;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>Python's <c>datetime.datetime</c>.</summary>
public sealed class PythonDateTime : JinjaObject
{
    internal PythonDateTime(DateTime local, PythonTimeZone? zone)
    {
        Local = new DateTime(local.Ticks - (local.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Unspecified);
        Zone = zone;
    }

    /// <summary>A time without a zone.</summary>
    public PythonDateTime(DateTime local)
        : this(local, null)
    {
    }

    /// <summary>A time with an offset.</summary>
    public PythonDateTime(DateTimeOffset time)
        : this(time.DateTime, time.Offset == TimeSpan.Zero ? PythonTimeZone.Utc : new PythonTimeZone(time.Offset, "UTC" + DateTimeFormat.Offset(time.Offset, ":")))
    {
    }

    /// <summary>What the clock shows.</summary>
    public DateTime Local { get; }

    internal PythonTimeZone? Zone { get; }

    TimeSpan? Offset => Zone?.OffsetOf(Local);

    /// <summary>The moment; a time without a zone is taken as UTC.</summary>
    public DateTime Utc => Local - (Offset ?? TimeSpan.Zero);

    /// <inheritdoc />
    public override string TypeName => "datetime.datetime";

    internal static PythonClass Class { get; } = new("datetime.datetime", Make, new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["now"] = new JinjaFunction("now", call => Now(call.Get(0, "tz"))),
        ["utcnow"] = new JinjaFunction("utcnow", _ => Now(null)),
        ["today"] = new JinjaFunction("today", _ => Now(null)),
        ["strptime"] = new JinjaFunction("strptime", call => DateTimeFormat.Read(call.RequireText(0, "date_string"), call.RequireText(1, "format")) is var (time, offset)
            ? new PythonDateTime(time, Fixed(offset)) : null),
        ["fromisoformat"] = new JinjaFunction("fromisoformat", call => FromIso(call.RequireText(0, "date_string"))),
        ["fromtimestamp"] = new JinjaFunction("fromtimestamp", call => new PythonDateTime(FromSeconds(call.Require(0, "timestamp")), PythonTimeZone.Utc) is var time && call.Get(1, "tz") is PythonTimeZone zone
            ? time.In(zone) : new PythonDateTime(time.Local)),
        ["utcfromtimestamp"] = new JinjaFunction("utcfromtimestamp", call => new PythonDateTime(FromSeconds(call.Require(0, "timestamp")))),
        ["combine"] = new JinjaFunction("combine", call => call.Require(0, "date") is PythonDate day && call.Require(1, "time") is PythonTime time
            ? new PythonDateTime(day.Date.ToDateTime(time.Time), null)
            : throw JinjaException.Type("combine() needs a date and a time")),
        ["min"] = new LazyConstant(() => new PythonDateTime(DateTime.MinValue)),
        ["max"] = new LazyConstant(() => new PythonDateTime(DateTime.MaxValue)),
    });

    static PythonTimeZone? Fixed(TimeSpan? offset) => offset is not { } o ? null : o == TimeSpan.Zero ? PythonTimeZone.Utc : new PythonTimeZone(o, "UTC" + DateTimeFormat.Offset(o, ":"));

    static PythonDateTime Now(object? zone) => new PythonDateTime(TimeProvider.System.GetUtcNow().UtcDateTime, PythonTimeZone.Utc) is var now && zone is PythonTimeZone wanted ? now.In(wanted) : new PythonDateTime(now.Local);

    internal static DateTime FromSeconds(object? value) => PythonDate.Within(() => DateTime.UnixEpoch.AddTicks((long)Math.Round((Numbers.IsNumber(value) ? Numbers.Real(value!) : throw JinjaException.Type("a real number is required")) * 1e6) * 10));

    static object? Make(JinjaCall call)
    {
        var day = PythonDate.Of(Field("year", 0, -1), Field("month", 1, -1), Field("day", 2, -1)).Date;
        return new PythonDateTime(day.ToDateTime(PythonTime.Of(Field("hour", 3, 0), Field("minute", 4, 0), Field("second", 5, 0), Field("microsecond", 6, 0))), call.Get(7, "tzinfo") as PythonTimeZone);

        int Field(string name, int position, long otherwise) =>
            (int)Math.Clamp(Numbers.Index(otherwise < 0 ? call.Require(position, name) : call.Get(position, name, otherwise), name), -1, 10_000_000);
    }

    static PythonDateTime FromIso(string text)
    {
        if (text.Length > 10 && text[10] is 'T' or ' ' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            var zoned = text.AsSpan(11).IndexOfAny('+', '-', 'Z') >= 0;
            return zoned ? new PythonDateTime(moment) : new PythonDateTime(moment.DateTime);
        }

        return DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new PythonDateTime(day.ToDateTime(TimeOnly.MinValue))
            : throw JinjaException.Value($"Invalid isoformat string: {Repr.Of(text)}");
    }

    internal PythonDateTime In(PythonTimeZone zone) => new(Utc + zone.OffsetOfUtc(Utc), zone);

    internal static JinjaTuple TimeTuple(DateTime t) =>
        new([(long)t.Year, (long)t.Month, (long)t.Day, (long)t.Hour, (long)t.Minute, (long)t.Second, ((long)t.DayOfWeek + 6) % 7, (long)t.DayOfYear, -1L]);

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        (var known, value) = name switch
        {
            "year" => (true, (object?)(long)Local.Year),
            "month" => (true, (long)Local.Month),
            "day" => (true, (long)Local.Day),
            "hour" => (true, (long)Local.Hour),
            "minute" => (true, (long)Local.Minute),
            "second" => (true, (long)Local.Second),
            "microsecond" => (true, (long)DateTimeFormat.Microseconds(Local)),
            "tzinfo" => (true, Zone),
            _ => (false, null),
        };
        if (known)
        {
            return true;
        }

        Func<JinjaCall, object?>? method = name switch
        {
            "strftime" => call => Format(call.RequireText(0, "format")),
            "isoformat" => call => Iso(Text.Of(call.Get(0, "sep", "T")), Text.Of(call.Get(1, "timespec", "auto"))),
            "date" => _ => new PythonDate(DateOnly.FromDateTime(Local)),
            "time" => _ => new PythonTime(TimeOnly.FromDateTime(Local)),
            "timestamp" => _ => (Utc - DateTime.UnixEpoch).TotalSeconds,
            "astimezone" => call => In(call.Get(0, "tz") as PythonTimeZone ?? PythonTimeZone.Utc),
            "utcoffset" => _ => Offset is { } offset ? new PythonTimeDelta(offset) : null,
            "tzname" => _ => Zone?.Name(Local),
            "weekday" => _ => ((long)Local.DayOfWeek + 6) % 7,
            "isoweekday" => _ => (((long)Local.DayOfWeek + 6) % 7) + 1,
            "isocalendar" => _ => PythonDate.Calendar(Local),
            "toordinal" => _ => DateOnly.FromDateTime(Local).DayNumber + 1L,
            "timetuple" => _ => TimeTuple(Local),
            "ctime" => _ => Format("%c"),
            "replace" => Replace,
            _ => null,
        };
        value = method is null ? null : new JinjaFunction(name, method);
        return method is not null;
    }

    object? Replace(JinjaCall call)
    {
        var day = PythonDate.Of(Field("year", 0, Local.Year), Field("month", 1, Local.Month), Field("day", 2, Local.Day)).Date;
        var time = PythonTime.Of(Field("hour", 3, Local.Hour), Field("minute", 4, Local.Minute), Field("second", 5, Local.Second), Field("microsecond", 6, DateTimeFormat.Microseconds(Local)));
        return new PythonDateTime(day.ToDateTime(time), call.TryGet(7, "tzinfo", out var zone) ? zone as PythonTimeZone : Zone);

        int Field(string name, int position, int now) => (int)Math.Clamp(Numbers.Index(call.Get(position, name, (long)now), name), -1, 10_000_000);
    }

    /// <inheritdoc />
    public override string Format(string specification) => DateTimeFormat.Write(specification, Local, Offset, Zone?.Name(Local));

    string Iso(string separator, string precision)
    {
        var time = precision switch
        {
            "hours" => "HH",
            "minutes" => "HH:mm",
            "seconds" => "HH:mm:ss",
            "milliseconds" => "HH:mm:ss.fff",
            "microseconds" => "HH:mm:ss.ffffff",
            _ => DateTimeFormat.Microseconds(Local) == 0 ? "HH:mm:ss" : "HH:mm:ss.ffffff",
        };
        return Local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + separator + Local.ToString(time, CultureInfo.InvariantCulture) + (Offset is { } offset ? DateTimeFormat.Offset(offset, ":") : "");
    }

    /// <inheritdoc />
    public override object? Operate(string op, object? right) => (op, right) switch
    {
        ("+", PythonTimeDelta delta) => PythonDate.Within(() => new PythonDateTime(Local + delta.Span, Zone)),
        ("-", PythonTimeDelta delta) => PythonDate.Within(() => new PythonDateTime(Local - delta.Span, Zone)),
        ("-", PythonDateTime other) => (Zone is null) == (other.Zone is null)
            ? new PythonTimeDelta(Utc - other.Utc)
            : throw JinjaException.Type("can't subtract offset-naive and offset-aware datetimes"),
        _ => null,
    };

    /// <inheritdoc />
    public override int? CompareTo(object? other) => other is PythonDateTime time
        ? (Zone is null) == (time.Zone is null) ? Utc.CompareTo(time.Utc) : throw JinjaException.Type("can't compare offset-naive and offset-aware datetimes")
        : null;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is PythonDateTime other && (Zone is null) == (other.Zone is null) && Utc == other.Utc;

    /// <inheritdoc />
    public override int GetHashCode() => Utc.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Iso(" ", "auto");

    /// <inheritdoc />
    public override string ToRepr()
    {
        var micros = DateTimeFormat.Microseconds(Local);
        var parts = new List<int> { Local.Year, Local.Month, Local.Day, Local.Hour, Local.Minute };
        if (Local.Second != 0 || micros != 0)
        {
            parts.Add(Local.Second);
        }

        if (micros != 0)
        {
            parts.Add(micros);
        }

        var zone = Zone is null ? "" : ReferenceEquals(Zone, PythonTimeZone.Utc) ? ", tzinfo=datetime.timezone.utc" : $", tzinfo={Zone.ToRepr()}";
        return $"datetime.datetime({string.Join(", ", parts)}{zone})";
    }
}
