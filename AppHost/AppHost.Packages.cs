/// <summary>What is told to Aspire's own hosting.</summary>
internal static partial class Program
{
    static void ConfigureHosting(IDistributedApplicationBuilder builder, LakeInstallation lake)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        // Aspire takes the dashboard's addresses from these, and wants to be told that plain HTTP is meant; all of them are on loopback.
        builder.Configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        builder.Configuration["ASPNETCORE_URLS"] = Url(lake.Port(LakePort.Dashboard));
        builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Url(lake.Port(LakePort.Otlp));
        builder.Configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Url(lake.Port(LakePort.ResourceService));
    }

    static void CompleteHosting(
        IDistributedApplicationBuilder builder, LakeInstallation lake, IResourceBuilder<ProjectResource> portal, IResourceBuilder<ProjectResource> catalogApi)
    {
        var (portalAddress, catalogAddress) = (portal.GetEndpoint("http"), catalogApi.GetEndpoint("http"));
        if (builder.ExecutionContext.IsRunMode)
        {
            portal.OnResourceReady((_, _, _) =>
            {
                Console.WriteLine($"Portal: {portalAddress.Url} (catalog: {catalogAddress.Url}); a link that signs in: lake open --data-dir {lake.Folder}");
                return Task.CompletedTask;
            });
        }
    }

    static string Url(int? port) => $"http://127.0.0.1:{port ?? 0}";
}
