using Lakehouse.Formats;

namespace Lakehouse.Tables.Maintenance;

/// <summary>How acts of maintenance yield: one that meets another writer's commit is planned again on what that one left, a few times, and then left for later.</summary>
static class Yielding
{
    const int Attempts = 4;

    /// <summary>Runs an act until it is committed, has nothing to do, or was in the way of others too often.</summary>
    /// <param name="attempt">Plans and commits; null when there is nothing to do.</param>
    /// <exception cref="LakehouseException">OutcomeUnknown: nobody knows whether it was committed; Conflict: others were first each time.</exception>
    public static async Task<CommitResult.Committed?> RunAsync(Func<Task<CommitResult?>> attempt)
    {
        for (var i = 1; ; i++)
        {
            switch (await attempt())
            {
                case null:
                    return null;
                case CommitResult.Committed committed:
                    return committed;
                case CommitResult.Unknown unknown:
                    throw new LakehouseException(LakehouseErrorKind.OutcomeUnknown, $"it is not known whether maintenance was committed: {unknown.Reason}");
                case CommitResult.Conflict conflict when i == Attempts:
                    throw new LakehouseException(LakehouseErrorKind.Conflict, $"maintenance gave way to other writers {Attempts} times: {conflict.Message}");
            }
        }
    }
}
