using System.Diagnostics;
using System.Runtime.CompilerServices;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Metering;

/// <summary>Measures another store: duration by operation and outcome, bytes by direction, and an activity for each write.</summary>
/// <param name="inner">Store that does the work.</param>
/// <param name="system">Name of the kind of store, for instance <c>local</c>; a tag of every measurement.</param>
public sealed class MeteredObjectStore(IObjectStore inner, string system) : IObjectStore
{
    /// <inheritdoc />
    public string Root => inner.Root;

    /// <inheritdoc />
    public async Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default)
    {
        using var operation = new Operation(system, "put_if_absent", location);
        await using var counted = new CountingStream(content, system, "write", leaveOpen: true);
        return await operation.MeasureAsync(() => inner.PutIfAbsentAsync(location, counted, cancellationToken));
    }

    /// <inheritdoc />
    public async Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default)
    {
        using var operation = new Operation(system, "put", location);
        await using var counted = new CountingStream(content, system, "write", leaveOpen: true);
        await operation.MeasureAsync(async () =>
        {
            await inner.PutAsync(location, counted, cancellationToken);
            return true;
        });
    }

    /// <inheritdoc />
    public async Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        using var operation = new Operation(system, "open", location: null);
        var stream = await operation.MeasureAsync(() => inner.OpenReadAsync(location, range, cancellationToken));
        return new CountingStream(stream, system, "read", leaveOpen: false);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Without an activity: the caller's work between two items is no part of the operation, so only its end is recorded.
        using var operation = new Operation(system, "list", location: null);
        await foreach (var item in inner.ListAsync(prefix, cancellationToken))
        {
            yield return item;
        }
    }

    /// <inheritdoc />
    public async Task DeleteAsync(string location, CancellationToken cancellationToken = default)
    {
        using var operation = new Operation(system, "delete", location: null);
        await operation.MeasureAsync(async () =>
        {
            await inner.DeleteAsync(location, cancellationToken);
            return true;
        });
    }

    /// <inheritdoc />
    public async Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default)
    {
        using var operation = new Operation(system, "stat", location: null);
        return await operation.MeasureAsync(() => inner.StatAsync(location, cancellationToken));
    }

    sealed class Operation : IDisposable
    {
        readonly long started = Stopwatch.GetTimestamp();
        readonly string system;
        readonly string name;
        readonly Activity? activity;
        string? error;

        public Operation(string system, string name, string? location)
        {
            this.system = system;
            this.name = name;
            activity = location is null ? null : StorageTelemetry.Activities.StartActivity($"storage {name}", ActivityKind.Client);
            activity?.SetTag("lakehouse.storage.system", system).SetTag("url.full", location);
        }

        public async Task<T> MeasureAsync<T>(Func<Task<T>> action)
        {
            try
            {
                return await action();
            }
            catch (Exception e)
            {
                error = e is LakehouseException known ? known.Kind.ToString() : e.GetType().FullName;
                activity?.SetStatus(ActivityStatusCode.Error, e.Message).SetTag("error.type", error);
                throw;
            }
        }

        public void Dispose()
        {
            var tags = new TagList { { "lakehouse.storage.system", system }, { "lakehouse.storage.operation", name } };
            if (error is not null)
            {
                tags.Add("error.type", error);
            }

            StorageTelemetry.Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
            activity?.Dispose();
        }
    }
}
