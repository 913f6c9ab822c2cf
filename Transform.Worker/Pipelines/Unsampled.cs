using System.Diagnostics;

namespace LakeAspire.Transform.Pipelines;

/// <summary>A scope whose HTTP calls leave no trace, here or at the other end: for polling, which would be most of what the dashboard shows.</summary>
internal static class Unsampled
{
    public static Activity Start()
    {
        Activity.Current = null;
        var activity = new Activity("unsampled") { ActivityTraceFlags = ActivityTraceFlags.None };
        return activity.SetIdFormat(ActivityIdFormat.W3C).Start();
    }
}
