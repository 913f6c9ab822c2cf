using Aspire.Hosting.ApplicationModel;

namespace LakeAspire.Hosting.Running;

/// <summary>What lives inside another resource is as that one is: a database runs when its server does.</summary>
internal sealed class ChildMirror(DistributedApplicationModel model, ResourceNotificationService notifications)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var children = model.Resources.OfType<IResourceWithParent>().ToLookup(child => child.Parent);
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                foreach (var child in children[change.Resource])
                {
                    await notifications.PublishUpdateAsync(child, state => state with
                    {
                        State = change.Snapshot.State,
                        StartTimeStamp = change.Snapshot.StartTimeStamp,
                        StopTimeStamp = change.Snapshot.StopTimeStamp,
                        HealthReports = change.Snapshot.HealthReports,
                    });
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
    }
}
