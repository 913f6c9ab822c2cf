using LakeAspire.Hosting.Postgres;
using LakeAspire.Hosting.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Hosting.Running;

internal static class RunningServices
{
    public static void AddRunning(this IServiceCollection services)
    {
        services.AddSingleton<Guardian>();
        services.AddSingleton<ProcessStarter>();
        services.AddSingleton<EndpointAllocator>();
        services.AddSingleton<EnvironmentResolver>();
        services.AddSingleton<ParameterReader>();
        services.AddSingleton<ILauncher, ProjectLauncher>();
        services.AddSingleton<ILauncher, ExecutableLauncher>();
        services.AddSingleton<ILauncher, PostgresLauncher>();
    }
}
