using System.Reflection;
using LakeAspire.AppHost.Bundle;
using LakeAspire.AppHost.Options;
using LakeAspire.Hosting;
using LakeAspire.Hosting.Dashboard;

/// <summary>What is told to Hosting/ of this repository.</summary>
internal static partial class Program
{
    static void ConfigureHosting(IDistributedApplicationBuilder builder, LakeInstallation lake) => builder.ConfigureHosting(hosting =>
    {
        hosting.ApplicationName = "LakeAspire";
        hosting.PostgresFolder = NativePart("postgresql");
        hosting.DashboardFolder = lake.Options.Dashboard ? NativePart("dashboard") : null;
        hosting.Dashboard = new(lake.Port(LakePort.Dashboard) ?? 0, lake.Port(LakePort.Otlp) ?? 0, lake.Port(LakePort.ResourceService) ?? 0);
        hosting.PortHint = $"choose other ports with {LakeOption.BasePort.Flag} N ({LakeOption.BasePort.Flag} 0 takes free ones), or stop the program that uses it";
        if (builder.ExecutionContext.IsRunMode)
        {
            hosting.LogFolder = lake.LogFolder;
            hosting.InstallationId = lake.Id;
            hosting.Introduction.Add(lake.Store is { } store ? $"data in {store.Location}, the rest in {lake.Folder}" : $"data in {lake.Folder}");
        }
    });

    static void CompleteHosting(
        IDistributedApplicationBuilder builder, LakeInstallation lake, IResourceBuilder<ProjectResource> portal, IResourceBuilder<ProjectResource> catalogApi)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        portal.WithEnvironment(context =>
        {
            if (builder.GetDashboard() is { } dashboard)
            {
                context.EnvironmentVariables["Lake__Dashboard__Url"] = dashboard.Frontend;
            }
        });
        builder.Eventing.Subscribe<AfterEndpointsAllocatedEvent>((_, _) =>
        {
            EndpointsFile.Write(lake.Folder, builder.Resources, builder.GetDashboard());
            return Task.CompletedTask;
        });

        var (portalAddress, catalogAddress) = (portal.GetEndpoint("http"), catalogApi.GetEndpoint("http"));
        builder.ConfigureHosting(hosting =>
        {
            hosting.Notes.Add(async (_, token) => $"Portal:     {await SignInLink.GetAsync(portalAddress.Url, lake.UserKey, token)}");
            if (lake.SampleProject is not null)
            {
                hosting.Reports.Add((_, token) => GoldWatch.WatchAsync(catalogAddress.Url, lake.UserKey, token));
            }
        });
    }

    /// <summary>The folder of a native part, as the build recorded it; null if there is none for this platform.</summary>
    static string? NativePart(string name) =>
        typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == $"NativePart:{name}")?.Value;
}
