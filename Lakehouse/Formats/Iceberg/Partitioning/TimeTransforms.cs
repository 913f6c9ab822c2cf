namespace Lakehouse.Formats.Iceberg;

/// <summary>year, month, day and hour: counted from 1970-01-01 00:00, downwards before it.</summary>
internal static class TimeTransforms
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private const long MicrosecondsPerHour = 3_600_000_000;

    public static object Apply(TransformKind kind, object value, IcebergType source)
    {
        if (value is int date && source == IcebergType.Date)
        {
            return OfDays(kind, date);
        }

        if (value is not long instant)
        {
            throw new ArgumentException($"A {source} is not held as {value.GetType().Name}", nameof(value));
        }

        var scale = source == IcebergType.TimestampNs || source == IcebergType.TimestampTzNs ? 1000 : 1;
        return kind == TransformKind.Hour
            ? (int)BucketHash.FloorDivide(instant, MicrosecondsPerHour * scale)
            : OfDays(kind, BucketHash.FloorDivide(instant, MicrosecondsPerDay * scale));
    }

    private static int OfDays(TransformKind kind, long days)
    {
        if (kind == TransformKind.Day)
        {
            return (int)days;
        }

        var (year, month, _) = CivilDate.FromDays(days);
        return (int)(kind == TransformKind.Year ? year - 1970 : ((year - 1970) * 12) + month - 1);
    }
}
