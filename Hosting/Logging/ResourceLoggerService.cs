using System.Collections.Concurrent;
using LakeAspire.Hosting;
using LakeAspire.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's console.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>The console logs of the resources.</summary>
public sealed class ResourceLoggerService : IDisposable
{
    readonly ConcurrentDictionary<string, ResourceLog> logs = new(StringComparer.OrdinalIgnoreCase);
    readonly Func<string, ResourceLog> create;

    internal ResourceLoggerService(HostingOptions options, LogRedaction redaction, TimeProvider time)
    {
        create = name => new ResourceLog(
            options.LogFolder is { } folder ? new LogFile(Path.Combine(folder, name + ".log"), options.LogFileLimit) : null, redaction, time);
    }

    /// <summary>A logger that writes to a resource's log.</summary>
    public ILogger GetLogger(IResource resource) => Of(resource.Name);

    /// <summary>A logger that writes to a resource's log.</summary>
    public ILogger GetLogger(string resourceName) => Of(resourceName);

    /// <summary>The latest lines of a resource, then each new one.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => Of(resource.Name).ReadAsync(follow: true);

    /// <summary>The latest lines of a resource.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => Of(resource.Name).ReadAsync(follow: false);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var log in logs.Values)
        {
            log.Dispose();
        }
    }

    internal ResourceLog Of(string resourceName) => logs.GetOrAdd(resourceName, create);
}
