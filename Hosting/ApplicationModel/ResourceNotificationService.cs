using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource that changed.</summary>
public sealed class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>Which.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Its id in this run: the name and a random suffix.</summary>
    public string ResourceId { get; } = resourceId;

    /// <summary>What it is now.</summary>
    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}

/// <summary>The state of all resources, and who wants to hear of it.</summary>
public sealed class ResourceNotificationService(TimeProvider time)
{
    readonly Lock gate = new();
    readonly Dictionary<string, ResourceEvent> current = new(StringComparer.OrdinalIgnoreCase);
    readonly List<ChannelWriter<ResourceEvent>> watchers = [];

    /// <summary>Changes the state of a resource.</summary>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (gate)
        {
            var known = current.GetValueOrDefault(resource.Name);
            var before = known?.Snapshot ?? Initial(resource);
            var after = stateFactory(before);
            var id = known?.ResourceId ?? $"{resource.Name}-{resource.InstanceId()}";
            if (known is not null && ReferenceEquals(before, after))
            {
                return Task.CompletedTask;
            }

            var change = new ResourceEvent(resource, id, after);
            current[resource.Name] = change;
            foreach (var watcher in watchers)
            {
                watcher.TryWrite(change);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>The state of a resource, by its name or id.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (gate)
        {
            resourceEvent = current.GetValueOrDefault(resourceId) ?? current.Values.FirstOrDefault(e => e.ResourceId == resourceId);
            return resourceEvent is not null;
        }
    }

    /// <summary>The state of all resources, then every change. A reader that falls far behind loses the oldest changes, never the newest.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateBounded<ResourceEvent>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (gate)
        {
            foreach (var state in current.Values)
            {
                channel.Writer.TryWrite(state);
            }

            watchers.Add(channel.Writer);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.Remove(channel.Writer);
            }
        }
    }

    /// <summary>Waits until a resource is in a state.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, e => e.Snapshot.State?.Text == (targetState ?? KnownResourceStates.Running), cancellationToken);

    /// <summary>Waits until a resource is as wanted.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken))
        {
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change))
            {
                return change;
            }
        }

        throw new OperationCanceledException($"The resource '{resourceName}' has not got there.", cancellationToken);
    }

    /// <summary>Waits until a resource runs and is healthy.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, e => e.Snapshot.HealthStatus == HealthStatus.Healthy, cancellationToken);

    CustomResourceSnapshot Initial(IResource resource) => new()
    {
        ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
        Properties = [],
        CreationTimeStamp = time.GetUtcNow().UtcDateTime,
        State = KnownResourceStates.NotStarted,
        Relationships = [.. RelationshipsOf(resource)],
    };

    static IEnumerable<RelationshipSnapshot> RelationshipsOf(IResource resource)
    {
        var declared = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type));
        return resource is IResourceWithParent child ? declared.Append(new(child.Parent.Name, "Parent")).Distinct() : declared.Distinct();
    }
}
