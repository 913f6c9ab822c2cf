namespace Aspire.Hosting.ApplicationModel;

/// <summary>A thing that the application consists of.</summary>
public interface IResource
{
    /// <summary>Its name, unique in the application without regard to case.</summary>
    string Name { get; }

    /// <summary>What is known about it besides its type and name.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>A resource that is given environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that is given command line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource whose endpoints others find by its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>A resource whose start can wait for another.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that lives inside another.</summary>
public interface IResourceWithParent : IResource
{
    /// <summary>The other one.</summary>
    IResource Parent { get; }
}

/// <summary>A resource that lives inside another of a known type.</summary>
public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
{
    /// <summary>The other one.</summary>
    new T Parent { get; }

    /// <inheritdoc />
    IResource IResourceWithParent.Parent => Parent;
}

/// <summary>A resource that is reached by a connection string.</summary>
public interface IResourceWithConnectionString : IResource, IManifestExpressionProvider, IValueProvider
{
    /// <summary>The connection string as an expression over endpoints and parameters.</summary>
    ReferenceExpression ConnectionStringExpression { get; }

    /// <summary>The environment variable that carries it, if not <c>ConnectionStrings__{name}</c>.</summary>
    string? ConnectionStringEnvironmentVariable => null;

    /// <summary>The parts of the connection string, by name, for programs that want them one by one.</summary>
    IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => [];

    /// <summary>The connection string of the running resource.</summary>
    ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) => ConnectionStringExpression.GetValueAsync(cancellationToken);

    /// <inheritdoc />
    string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";

    /// <inheritdoc />
    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);
}
