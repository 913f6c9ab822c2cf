using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Dashboard;

namespace LakeAspire.Hosting.Projects;

/// <summary>A project whose built assembly is known, which is what gets started.</summary>
public interface IProjectOutput
{
    /// <summary>Absolute path of the assembly.</summary>
    string AssemblyPath { get; }
}

/// <summary>The environment that every project gets, as Aspire sets it; and settings that keep many small processes small.</summary>
internal static class ProjectDefaults
{
    public static IResourceBuilder<ProjectResource> WithProjectDefaults(this IResourceBuilder<ProjectResource> builder) =>
        builder.WithEnvironment(context => Add(context.ExecutionContext, builder.Resource, context.EnvironmentVariables))
            .WithOtlpExporter();

    static void Add(DistributedApplicationExecutionContext execution, ProjectResource project, Dictionary<string, object> environment)
    {
        environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        var http = project.GetEndpoints().Where(e => e.Scheme is "http" or "https").ToList();
        if (execution.IsPublishMode)
        {
            environment["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            if (http.FirstOrDefault(e => e.Scheme == "http") is { } first)
            {
                environment["HTTP_PORTS"] = first.Property(EndpointProperty.TargetPort);
            }

            return;
        }

        environment["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        environment["LOGGING__CONSOLE__FORMATTEROPTIONS__TIMESTAMPFORMAT"] = "yyyy-MM-ddTHH:mm:ss.fffffff ";
        environment["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        environment["LAKEASPIRE_PARENT_PIPE"] = "true";

        // An idle service holds on to less: no heap for each core, no thread for background collections, no counters for a second compilation that short-lived peaks never pay back.
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";
        environment["DOTNET_GCConserveMemory"] = "5";
        environment["DOTNET_TieredPGO"] = "0";
        if (http.Count > 0)
        {
            environment["ASPNETCORE_URLS"] = string.Join(';', http.Select(e => e.Url));
        }
    }

    /// <summary>Telemetry to the dashboard, if there is one.</summary>
    static IResourceBuilder<ProjectResource> WithOtlpExporter(this IResourceBuilder<ProjectResource> builder) => builder.WithEnvironment(context =>
    {
        var application = builder.ApplicationBuilder;
        if (context.ExecutionContext.IsPublishMode || application.Resources.OfType<DashboardResource>().FirstOrDefault() is not { } dashboard)
        {
            return;
        }

        var environment = context.EnvironmentVariables;
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = dashboard.OtlpEndpoint;
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={dashboard.Keys.Otlp}";
        environment["OTEL_SERVICE_NAME"] = builder.Resource.Name;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={builder.Resource.InstanceId()}";
        environment["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        environment["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        environment["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        environment["OTEL_TRACES_SAMPLER"] = "always_on";
        environment["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    });
}
