namespace LakeAspire.Catalog.Database;

/// <summary>Time as PostgreSQL keeps it, in microseconds: what is answered is what is read later.</summary>
internal static class StoredTime
{
    public static DateTimeOffset Now(TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
