using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>PostgreSQL as a resource.</summary>
public static class PostgresBuilderExtensions
{
    const int DefaultPort = 5432;

    /// <summary>Adds a PostgreSQL server: run from packaged binaries, deployed as a container.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var server = new PostgresServerResource(name, userName?.Resource, password?.Resource ?? builder.AddParameter($"{name}-password", secret: true).Resource);
        var key = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, _ => new PostgresHealthCheck(server), failureStatus: null, tags: null));
        return builder.AddResource(server)
            .WithEndpoint(port, DefaultPort, scheme: "tcp", name: PostgresServerResource.PrimaryEndpointName)
            .WithEnvironment(context =>
            {
                if (context.ExecutionContext.IsPublishMode)
                {
                    context.EnvironmentVariables["POSTGRES_HOST_AUTH_METHOD"] = "scram-sha-256";
                    context.EnvironmentVariables["POSTGRES_INITDB_ARGS"] = "--auth-host=scram-sha-256 --auth-local=scram-sha-256";
                    context.EnvironmentVariables["POSTGRES_USER"] = server.UserName;
                    context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter;
                }
            })
            .WithHealthCheck(key);
    }

    /// <summary>Adds a database to a server; it is created if it does not exist.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
        builder.Resource.Add(database);
        return builder.ApplicationBuilder.AddResource(database);
    }

    /// <summary>Keeps the data in a folder.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataBindMount(this IResourceBuilder<PostgresServerResource> builder, string source, bool isReadOnly = false) =>
        builder.WithAnnotation(new DataFolderAnnotation(Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory), VolumeName: null, isReadOnly), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>Keeps the data in a volume of the container that is deployed.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithAnnotation(new DataFolderAnnotation(Folder: null, name ?? $"{builder.Resource.Name}-data", isReadOnly), ResourceAnnotationMutationBehavior.Replace);
}
