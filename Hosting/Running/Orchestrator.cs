using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using LakeAspire.Hosting.Dashboard;
using LakeAspire.Hosting.Health;
using LakeAspire.Hosting.Logging;
using LakeAspire.Hosting.Processes;
using Microsoft.Extensions.Hosting;

namespace LakeAspire.Hosting.Running;

/// <summary>Starts all resources, each as soon as what it waits for allows, and stops them in reverse order.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model, EndpointAllocator endpoints, IEnumerable<ILauncher> launchers, ProcessStarter starter, ParameterReader parameters, ResourceServiceHost resourceService, HealthMonitor health,
    ResourceNotificationService notifications, ResourceLoggerService logs, IDistributedApplicationEventing eventing, IServiceProvider services, TimeProvider time)
    : IHostedService, IDisposable
{
    readonly List<ResourceController> controllers = [];
    readonly CancellationTokenSource mirroring = new();
    Task mirror = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        endpoints.Allocate();
        await parameters.ReadAsync(cancellationToken);
        await eventing.PublishAsync(new AfterEndpointsAllocatedEvent(services, model), cancellationToken);
        await resourceService.StartAsync(cancellationToken);

        var dependencies = new DependencyWaiter(notifications, logs);
        foreach (var resource in model.Resources)
        {
            if (launchers.FirstOrDefault(launcher => launcher.Handles(resource)) is { } launcher)
            {
                var controller = new ResourceController(resource, launcher, starter, dependencies, health, notifications, logs, time);
                LifecycleCommands.AddTo(controller);
                controllers.Add(controller);
            }

            if (resource is not ParameterResource)
            {
                await notifications.PublishUpdateAsync(resource, state => state with { Urls = [.. UrlsOf(resource)], IsHidden = resource is DashboardResource });
            }
        }

        mirror = new ChildMirror(model, notifications).RunAsync(mirroring.Token);
        foreach (var controller in controllers.Where(c => !c.Resource.TryGetLastAnnotation<ExplicitStartupAnnotation>(out _)))
        {
            await controller.StartAsync(cancellationToken);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(controllers.Select(c => StopAfterDependentsAsync(c, stops, cancellationToken)));
        await mirroring.CancelAsync();
        await mirror;
        await resourceService.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        controllers.ForEach(c => c.Dispose());
        mirroring.Dispose();
    }

    /// <summary>Those who use it go first; the dashboard, which everything reports to, goes last.</summary>
    Task StopAfterDependentsAsync(ResourceController controller, Dictionary<IResource, Task> stops, CancellationToken cancellationToken)
    {
        if (stops.TryGetValue(controller.Resource, out var known))
        {
            return known;
        }

        // Entered before the search goes on, so that a circle of references ends here.
        var stopped = new TaskCompletionSource();
        stops[controller.Resource] = stopped.Task;
        var users = controllers.Where(c => c != controller && Uses(c.Resource, controller.Resource)).Select(c => StopAfterDependentsAsync(c, stops, cancellationToken)).ToList();
        var stop = StopThenAsync();
        stops[controller.Resource] = stop;
        return stop;

        async Task StopThenAsync()
        {
            try
            {
                await Task.WhenAll(users);
                await controller.StopAsync(cancellationToken);
            }
            finally
            {
                stopped.SetResult();
            }
        }
    }

    static bool Uses(IResource user, IResource used)
    {
        if (used is DashboardResource)
        {
            return user is not DashboardResource;
        }

        return user.Annotations.OfType<ResourceRelationshipAnnotation>().Any(r => r.Resource == used || (r.Resource is IResourceWithParent child && child.Parent == used));
    }

    static IEnumerable<UrlSnapshot> UrlsOf(IResource resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Select(e => new UrlSnapshot(e.Name, e.AllocatedEndpoint!.UriString, IsInternal: e.UriScheme is not ("http" or "https")));
}
