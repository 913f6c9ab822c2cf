using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>A time zone: a fixed offset, or one of the zone database as <c>pytz</c> gives.</summary>
internal sealed class PythonTimeZone : JinjaObject
{
    readonly TimeZoneInfo? zone;
    readonly TimeSpan offset;
    readonly string name;

    public PythonTimeZone(TimeSpan offset, string name)
    {
        this.offset = offset;
        this.name = name;
    }

    PythonTimeZone(TimeZoneInfo zone)
    {
        this.zone = zone;
        name = zone.Id;
    }

    public static PythonTimeZone Utc { get; } = new(TimeSpan.Zero, "UTC");

    public static PythonClass Class { get; } = new("datetime.timezone", Make, new Dictionary<string, object?>(StringComparer.Ordinal) { ["utc"] = Utc });

    public override string TypeName => "datetime.tzinfo";

    static object? Make(JinjaCall call)
    {
        var delta = call.Require(0, "offset") as PythonTimeDelta ?? throw JinjaException.Type("timezone() argument 1 must be datetime.timedelta");
        return new PythonTimeZone(delta.Span, call.Get(1, "name") as string ?? (delta.Span == TimeSpan.Zero ? "UTC" : "UTC" + DateTimeFormat.Offset(delta.Span, ":")));
    }

    /// <summary>A zone of the database.</summary>
    public static PythonTimeZone Find(string id) => id.Equals("UTC", StringComparison.OrdinalIgnoreCase) ? Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found) ? new PythonTimeZone(found)
        : throw JinjaException.Value(Repr.Of(id));

    /// <summary>The offset of a local time in the zone.</summary>
    public TimeSpan OffsetOf(DateTime local) => zone?.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)) ?? offset;

    public TimeSpan OffsetOfUtc(DateTime utc) => zone?.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)) ?? offset;

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        value = attribute switch
        {
            "zone" => name,
            "localize" => new JinjaFunction(attribute, call => (call.Require(0, "dt") as PythonDateTime ?? throw JinjaException.Type("localize() needs a datetime")) is var time && time.Zone is null
                ? new PythonDateTime(time.Local, this)
                : throw JinjaException.Value("Not naive datetime (tzinfo is already set)")),
            "normalize" => new JinjaFunction(attribute, call => (call.Require(0, "dt") as PythonDateTime ?? throw JinjaException.Type("normalize() needs a datetime")).In(this)),
            "utcoffset" => new JinjaFunction(attribute, call => new PythonTimeDelta(OffsetOf((call.Get(0, "dt") as PythonDateTime)?.Local ?? DateTime.UnixEpoch))),
            "tzname" => new JinjaFunction(attribute, call => Name((call.Get(0, "dt") as PythonDateTime)?.Local ?? DateTime.UnixEpoch)),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>The zone's short name where the database has one, else its offset.</summary>
    public string Name(DateTime local)
    {
        if (zone is null)
        {
            return name;
        }

        return DateTimeFormat.Offset(OffsetOf(local), "")[..3];
    }

    public override bool Equals(object? obj) => obj is PythonTimeZone other && other.name == name && other.offset == offset;

    public override int GetHashCode() => name.GetHashCode(StringComparison.Ordinal);

    public override int? CompareTo(object? other) => Equals(other) ? 0 : null;

    public override string ToString() => name;

    public override string ToRepr() => ReferenceEquals(this, Utc) ? "<UTC>" : zone is null ? $"datetime.timezone({new PythonTimeDelta(offset).ToRepr()})" : $"<DstTzInfo '{name}'>";
}
