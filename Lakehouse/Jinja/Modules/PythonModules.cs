using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>The modules of Python that dbt gives to templates: <c>datetime</c>, <c>pytz</c>, <c>re</c>, <c>itertools</c>.</summary>
public static class PythonModules
{
    /// <summary>The modules by name.</summary>
    public static IReadOnlyList<KeyValuePair<string, object?>> All { get; } =
    [
        KeyValuePair.Create("pytz", (object?)PythonModule.Of(
            "pytz",
            ("utc", PythonTimeZone.Utc),
            ("UTC", PythonTimeZone.Utc),
            ("timezone", new JinjaFunction("timezone", call => PythonTimeZone.Find(call.RequireText(0, "zone")))),
            ("all_timezones", new JinjaList(TimeZoneInfo.GetSystemTimeZones().Select(z => (object?)z.Id).Order())))),
        KeyValuePair.Create("datetime", (object?)PythonModule.Of(
            "datetime",
            ("date", PythonDate.Class),
            ("datetime", PythonDateTime.Class),
            ("time", PythonTime.Class),
            ("timedelta", PythonTimeDelta.Class),
            ("timezone", PythonTimeZone.Class),
            ("UTC", PythonTimeZone.Utc),
            ("MINYEAR", 1L),
            ("MAXYEAR", 9999L))),
        KeyValuePair.Create("re", (object?)RegexModule.Module),
        KeyValuePair.Create("itertools", (object?)ItertoolsModule.Module),
    ];
}
