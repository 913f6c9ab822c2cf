using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Hosting.Dashboard;

/// <summary>The Aspire dashboard.</summary>
internal sealed class DashboardResource(string command) : ExecutableResource(ResourceName, command, Path.GetDirectoryName(command)!)
{
    public const string ResourceName = "aspire-dashboard";
    public const string ResourceServiceEndpointName = "resource-service";

    public DashboardKeys Keys { get; } = DashboardKeys.Create();

    public EndpointReference Frontend => new(this, "http");

    /// <summary>Where services send their telemetry.</summary>
    public EndpointReference OtlpEndpoint => new(this, "otlp");

    /// <summary>Where the dashboard reads the resources from; this process listens there.</summary>
    public EndpointReference ResourceServiceEndpoint => new(this, ResourceServiceEndpointName);

    /// <summary>Signs a person in.</summary>
    public string LoginUrl => $"{Frontend.Url}/login?t={Keys.Browser}";

    /// <summary>Adds the dashboard if there is one for this platform.</summary>
    public static void TryAddTo(DistributedApplicationBuilder builder)
    {
        var (folder, ports) = (builder.HostingOptions.DashboardFolder, builder.HostingOptions.Dashboard);
        if (folder is null)
        {
            return;
        }

        var command = Path.Combine(folder, "bundle", "managed", OperatingSystem.IsWindows() ? "aspire-managed.exe" : "aspire-managed");
        var dashboard = new DashboardResource(command);
        builder.AddResource<ExecutableResource>(dashboard)
            .WithHttpEndpoint(PortOrFree(ports.Frontend))
            .WithEndpoint(PortOrFree(ports.Otlp), scheme: "http", name: "otlp")
            .WithEndpoint(PortOrFree(ports.ResourceService), scheme: "http", name: ResourceServiceEndpointName)
            .WithHttpHealthCheck("/health")
            .WithArgs("dashboard")
            .WithEnvironment(context => dashboard.AddSettings(context.EnvironmentVariables, builder.HostingOptions.ApplicationName));
        builder.Services.AddSingleton(dashboard);
    }

    static int? PortOrFree(int port) => port == 0 ? null : port;

    void AddSettings(Dictionary<string, object> settings, string applicationName)
    {
        settings["ASPNETCORE_URLS"] = Frontend;
        settings["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = OtlpEndpoint;
        settings["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = ResourceServiceEndpoint;
        settings["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
        settings["DASHBOARD__FRONTEND__BROWSERTOKEN"] = Keys.Browser;
        settings["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
        settings["DASHBOARD__OTLP__PRIMARYAPIKEY"] = Keys.Otlp;
        settings["DASHBOARD__API__AUTHMODE"] = "ApiKey";
        settings["DASHBOARD__API__PRIMARYAPIKEY"] = Keys.Browser;
        settings["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey";
        settings["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = Keys.ResourceService;
        settings["DASHBOARD__APPLICATIONNAME"] = applicationName;
        settings["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true";
        settings["ASPIRE_CLI_PID"] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);

        // It keeps everything in memory, for each resource.
        settings["DASHBOARD__TELEMETRYLIMITS__MAXLOGCOUNT"] = "5000";
        settings["DASHBOARD__TELEMETRYLIMITS__MAXTRACECOUNT"] = "2000";
        settings["DASHBOARD__TELEMETRYLIMITS__MAXMETRICSCOUNT"] = "2000";
        settings["LOGGING__LOGLEVEL__DEFAULT"] = "Warning";
        settings["DOTNET_gcServer"] = "0";
        settings["DOTNET_GCConserveMemory"] = "5";
        settings["DOTNET_TieredPGO"] = "0";
    }
}

/// <summary>Secrets of one run: what a browser signs in with and tools query with, what services send with, and what the dashboard reads with.</summary>
internal sealed record DashboardKeys(string Browser, string Otlp, string ResourceService)
{
    public static DashboardKeys Create() => new(Random(), Random(), Random());

    public void Hide(LogRedaction redaction)
    {
        redaction.Add(Browser);
        redaction.Add(Otlp);
        redaction.Add(ResourceService);
    }

    static string Random() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
