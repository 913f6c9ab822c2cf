namespace LakeAspire.Hosting.Running;

/// <summary>How long to wait before a crashed program is started again: 1 s, then twice as long each time up to 30 s; a program that held out for a minute starts over.</summary>
internal sealed class Backoff
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    static readonly TimeSpan HeldOut = TimeSpan.FromMinutes(1);

    int crashes;

    public TimeSpan Next(TimeSpan ranFor)
    {
        crashes = ranFor >= HeldOut ? 1 : crashes + 1;
        return TimeSpan.FromTicks(Math.Min(First.Ticks << Math.Min(crashes - 1, 10), Longest.Ticks));
    }
}
