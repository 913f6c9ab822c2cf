using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing
{
    /// <summary>Something that happens to the application.</summary>
    public interface IDistributedApplicationEvent;

    /// <summary>Something that happens to a resource.</summary>
    public interface IDistributedApplicationResourceEvent : IDistributedApplicationEvent
    {
        /// <summary>The resource.</summary>
        IResource Resource { get; }
    }

    /// <summary>Undoes a subscription.</summary>
    public sealed class DistributedApplicationEventSubscription(Func<IDistributedApplicationEvent, CancellationToken, Task> callback)
    {
        /// <summary>What is called.</summary>
        public Func<IDistributedApplicationEvent, CancellationToken, Task> Callback { get; } = callback;
    }

    /// <summary>Who wants to hear of what.</summary>
    public interface IDistributedApplicationEventing
    {
        /// <summary>Calls back on every event of a type.</summary>
        DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationEvent;

        /// <summary>Calls back on every event of a type for one resource.</summary>
        DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationResourceEvent;

        /// <summary>Ends a subscription.</summary>
        void Unsubscribe(DistributedApplicationEventSubscription subscription);

        /// <summary>Tells the subscribers, one after the other.</summary>
        Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default) where T : IDistributedApplicationEvent;
    }

    internal sealed class DistributedApplicationEventing : IDistributedApplicationEventing
    {
        readonly Lock gate = new();
        readonly List<(Type Type, DistributedApplicationEventSubscription Subscription)> subscriptions = [];

        public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationEvent
        {
            var subscription = new DistributedApplicationEventSubscription((e, token) => callback((T)e, token));
            lock (gate)
            {
                subscriptions.Add((typeof(T), subscription));
            }

            return subscription;
        }

        public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationResourceEvent =>
            Subscribe<T>((e, token) => e.Resource == resource ? callback(e, token) : Task.CompletedTask);

        public void Unsubscribe(DistributedApplicationEventSubscription subscription)
        {
            lock (gate)
            {
                subscriptions.RemoveAll(s => s.Subscription == subscription);
            }
        }

        public async Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default) where T : IDistributedApplicationEvent
        {
            List<DistributedApplicationEventSubscription> called;
            lock (gate)
            {
                called = [.. subscriptions.Where(s => s.Type == typeof(T)).Select(s => s.Subscription)];
            }

            foreach (var subscription in called)
            {
                await subscription.Callback(@event, cancellationToken);
            }
        }
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    using Aspire.Hosting.Eventing;

    /// <summary>The application is about to start.</summary>
    public sealed class BeforeStartEvent(IServiceProvider services, DistributedApplicationModel model) : IDistributedApplicationEvent
    {
        /// <summary>Services of the application host.</summary>
        public IServiceProvider Services { get; } = services;

        /// <summary>The application.</summary>
        public DistributedApplicationModel Model { get; } = model;
    }

    /// <summary>All endpoints have addresses; nothing has been started.</summary>
    public sealed class AfterEndpointsAllocatedEvent(IServiceProvider services, DistributedApplicationModel model) : IDistributedApplicationEvent
    {
        /// <summary>Services of the application host.</summary>
        public IServiceProvider Services { get; } = services;

        /// <summary>The application.</summary>
        public DistributedApplicationModel Model { get; } = model;
    }

    /// <summary>A resource runs and is healthy for the first time since it was started.</summary>
    public sealed class ResourceReadyEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
    {
        /// <inheritdoc />
        public IResource Resource { get; } = resource;

        /// <summary>Services of the application host.</summary>
        public IServiceProvider Services { get; } = services;
    }
}
