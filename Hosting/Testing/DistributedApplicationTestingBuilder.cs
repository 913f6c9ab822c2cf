using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Testing;

namespace Aspire.Hosting.Testing;

/// <summary>The application of an AppHost, made by its own entry point, for a test to change, start and stop.</summary>
public interface IDistributedApplicationTestingBuilder : IAsyncDisposable
{
    /// <summary>The AppHost's builder, as the AppHost received it.</summary>
    IDistributedApplicationBuilder Builder { get; }

    /// <summary>Lets the AppHost describe and build its application.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>Makes the application of an AppHost in a test.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the entry point of the AppHost that <typeparamref name="TEntryPoint"/> is in, up to its builder.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the entry point of the AppHost that <typeparamref name="TEntryPoint"/> is in, up to its builder.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default) where TEntryPoint : class
    {
        var scope = new TestScope(typeof(TEntryPoint).Assembly);
        return new TestingBuilder(scope, await scope.StartAsync(args).WaitAsync(cancellationToken));
    }

    sealed class TestingBuilder(TestScope scope, IDistributedApplicationBuilder builder) : IDistributedApplicationTestingBuilder
    {
        DistributedApplication? app;

        public IDistributedApplicationBuilder Builder => builder;

        public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => app = await scope.BuildAsync().WaitAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            // An entry point that was never let go on is let go now, so that it ends.
            app ??= await scope.BuildAsync();
            await app.DisposeAsync();
            scope.OnDisposed();
            await scope.WaitForEndAsync();
        }
    }
}

/// <summary>Access to a running application.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>An HTTP client of a resource.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <summary>The address of a resource.</summary>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        if (Find(app, resourceName) is not IResourceWithEndpoints resource)
        {
            throw new InvalidOperationException($"Resource '{resourceName}' has no endpoints.");
        }

        return new Uri((endpointName is null ? resource.GetEndpoints().First() : resource.GetEndpoint(endpointName)).Url);
    }

    /// <summary>The connection string of a resource.</summary>
    public static ValueTask<string?> GetConnectionStringAsync(this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        Find(app, resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new InvalidOperationException($"Resource '{resourceName}' has no connection string.");

    static IResource Find(DistributedApplication app, string name)
    {
        var model = (DistributedApplicationModel?)app.Services.GetService(typeof(DistributedApplicationModel));
        return model!.Resources.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"Resource '{name}' not found.", nameof(name));
    }
}
