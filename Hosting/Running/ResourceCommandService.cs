using LakeAspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives commands to resources.</summary>
public sealed class ResourceCommandService(IServiceProvider services, ResourceNotificationService notifications, ResourceLoggerService logs)
{
    /// <summary>Gives a command, by its name, to a resource, by its name or id.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        if (!notifications.TryGetCurrentState(resourceId, out var state))
        {
            return CommandResults.Failure($"There is no resource '{resourceId}'.");
        }

        if (state.Resource.Annotations.OfType<ResourceCommandAnnotation>().FirstOrDefault(c => c.Name == commandName) is not { } command)
        {
            return CommandResults.Failure($"The resource '{state.Resource.Name}' has no command '{commandName}'.");
        }

        return await command.ExecuteCommand(new ExecuteCommandContext
        {
            ServiceProvider = services,
            ResourceName = state.Resource.Name,
            Logger = logs.GetLogger(state.Resource),
            CancellationToken = cancellationToken,
        });
    }

    /// <summary>Gives a command to a resource.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource.Name, commandName, cancellationToken);
}

/// <summary>The commands that every program has.</summary>
internal static class LifecycleCommands
{
    public const string Start = "start";
    public const string Stop = "stop";
    public const string Restart = "restart";

    public static void AddTo(ResourceController controller)
    {
        Add(Start, "Start", "Play", state => IsDown(state) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden, controller.StartAsync);
        Add(Stop, "Stop", "Stop", state => IsDown(state) ? ResourceCommandState.Hidden : ResourceCommandState.Enabled, controller.StopAsync);
        Add(Restart, "Restart", "ArrowCounterclockwise", state => IsDown(state) ? ResourceCommandState.Disabled : ResourceCommandState.Enabled, async cancellationToken =>
        {
            await controller.StopAsync(cancellationToken);
            await controller.StartAsync(cancellationToken);
        });

        void Add(string name, string title, string icon, Func<CustomResourceSnapshot, ResourceCommandState> state, Func<CancellationToken, Task> act) =>
            controller.Resource.Annotations.Add(new ResourceCommandAnnotation(name, title, state, async context =>
            {
                await act(context.CancellationToken);
                return CommandResults.Success();
            }, icon));
    }

    static bool IsDown(CustomResourceSnapshot state) => state.State is not { } now || now.Text == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(now.Text);
}
