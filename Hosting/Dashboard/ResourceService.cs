using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Dashboard.Wire;
using LakeAspire.Hosting.Logging;
using Microsoft.AspNetCore.Routing;

namespace LakeAspire.Hosting.Dashboard;

/// <summary>What the dashboard shows and does: resources and their changes, console logs, commands.</summary>
internal sealed class ResourceService(HostingOptions options, ResourceNotificationService notifications, ResourceLoggerService logs, ResourceCommandService commands)
{
    const string Prefix = "/aspire.v1.DashboardService/";
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public void MapTo(IEndpointRouteBuilder app)
    {
        app.MapUnary<ApplicationInformationRequest, ApplicationInformationResponse>(
            Prefix + "GetApplicationInformation", (_, _) => Task.FromResult(new ApplicationInformationResponse { ApplicationName = options.ApplicationName }));
        app.MapServerStream<WatchResourcesRequest, WatchResourcesUpdate>(Prefix + "WatchResources", (_, token) => WatchAsync(token));
        app.MapServerStream<WatchResourceConsoleLogsRequest, WatchResourceConsoleLogsUpdate>(Prefix + "WatchResourceConsoleLogs", ReadLogsAsync);
        app.MapUnary<ResourceCommandRequest, ResourceCommandResponse>(Prefix + "ExecuteResourceCommand", ExecuteAsync);

        // Nothing is ever asked of people here, but the dashboard takes a refusal of this call for a lost connection, and shows no resources.
        app.MapSilent(Prefix + "WatchInteractions");
        app.MapUnimplemented();
    }

    /// <summary>All resources in the first message, then the changed ones, each whole; many changes in a short time become one message.</summary>
    async IAsyncEnumerable<WatchResourcesUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<ResourceEvent>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var copying = CopyAsync(changes.Writer, ended.Token);
        var isFirst = true;
        try
        {
            while (await changes.Reader.WaitToReadAsync(cancellationToken))
            {
                await Task.Delay(Pause, cancellationToken);
                var latest = new Dictionary<string, ResourceEvent>(StringComparer.Ordinal);
                while (changes.Reader.TryRead(out var change))
                {
                    latest[change.ResourceId] = change;
                }

                var resources = latest.Values.Select(ResourceMapping.ToWire);
                yield return isFirst
                    ? new WatchResourcesUpdate { InitialData = new InitialResourceData { Resources = { resources } } }
                    : new WatchResourcesUpdate { Changes = new WatchResourcesChanges { Value = { resources.Select(r => new WatchResourcesChange { Upsert = r }) } } };
                isFirst = false;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await copying;
        }
    }

    async Task CopyAsync(ChannelWriter<ResourceEvent> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                writer.TryWrite(change);
            }
        }
        catch (OperationCanceledException)
        {
            // The viewer has gone.
        }
    }

    async IAsyncEnumerable<WatchResourceConsoleLogsUpdate> ReadLogsAsync(WatchResourceConsoleLogsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!notifications.TryGetCurrentState(request.ResourceName, out var state))
        {
            throw new RpcException(GrpcStatus.NotFound, $"there is no resource '{request.ResourceName}'");
        }

        await foreach (var batch in logs.Of(state.Resource.Name).ReadAsync(follow: !request.SuppressFollow, cancellationToken))
        {
            yield return new() { LogLines = { batch.Select(line => new ConsoleLogLine { Text = line.Content, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber }) } };
        }
    }

    async Task<ResourceCommandResponse> ExecuteAsync(ResourceCommandRequest request, CancellationToken cancellationToken)
    {
        // The command is carried out to its end even if the viewer goes: half a restart is a stop.
        _ = cancellationToken;
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, CancellationToken.None);
        var response = new ResourceCommandResponse { Kind = result.Success ? ResourceCommandResponseKind.Succeeded : ResourceCommandResponseKind.Failed };
        if (result.ErrorMessage is { } message)
        {
            response.Message = message;
        }

        return response;
    }
}
