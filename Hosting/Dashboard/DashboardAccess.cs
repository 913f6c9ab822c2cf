using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace LakeAspire.Hosting.Dashboard;

/// <summary>Where the dashboard is, for people, and where it takes telemetry.</summary>
public sealed record DashboardAccess(EndpointReference Frontend, EndpointReference Otlp);

/// <summary>Access to the dashboard.</summary>
public static class DashboardAccessExtensions
{
    /// <summary>The dashboard of an application that has been built; null if it has none.</summary>
    public static DashboardAccess? GetDashboard(this IDistributedApplicationBuilder builder) =>
        builder.Resources.OfType<DashboardResource>().FirstOrDefault() is { } dashboard ? new(dashboard.Frontend, dashboard.OtlpEndpoint) : null;
}
