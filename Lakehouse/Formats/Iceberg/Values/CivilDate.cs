namespace Lakehouse.Formats.Iceberg;

/// <summary>The proleptic Gregorian calendar over all days of the specification, which reach far beyond <see cref="DateOnly"/>.</summary>
internal static class CivilDate
{
    private const long DaysOf400Years = 146097;

    // Days from 0000-03-01 to 1970-01-01. Years are counted from March, so that the leap day is a year's last.
    private const long EpochOffset = 719468;

    public static (long Year, int Month, int Day) FromDays(long days)
    {
        var shifted = days + EpochOffset;
        var era = BucketHash.FloorDivide(shifted, DaysOf400Years);
        var dayOfEra = shifted - (era * DaysOf400Years);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36524) - (dayOfEra / 146096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * monthFromMarch) + 2) / 5)) + 1;
        var month = (int)(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9);
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }

    public static long ToDays(long year, int month, int day)
    {
        var shifted = month <= 2 ? year - 1 : year;
        var era = BucketHash.FloorDivide(shifted, 400);
        var yearOfEra = shifted - (era * 400);
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysOf400Years) + dayOfEra - EpochOffset;
    }

    public static int DaysInMonth(long year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };
}
