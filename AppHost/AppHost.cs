// The application model of LakeAspire in Aspire's API. No using lines: it compiles against Hosting/ and against Aspire's packages alike (property AspireHosting);
// what only one of the two has is in AppHost.Bundle.cs and AppHost.Packages.cs.
if (!LakeInstallation.TryOpen(args, out var lake, out var exitCode))
{
    return exitCode;
}

using var installation = lake;
var builder = DistributedApplication.CreateBuilder(lake.HostArguments);
var isRun = builder.ExecutionContext.IsRunMode;
ConfigureHosting(builder, lake);

// Values of this installation when run; asked for when deployed.
var serviceKey = builder.AddParameter("service-key", () => lake.ServiceKey, secret: true);
var userKey = builder.AddParameter("user-key", () => lake.UserKey, secret: true);
var warehouse = builder.AddParameter("warehouse", () => lake.Warehouse);
var landing = builder.AddParameter("landing", () => lake.Landing);
var scratch = isRun ? lake.Scratch : "/tmp/lakeaspire";

var postgresPassword = builder.AddParameter("postgres-password", () => lake.PostgresPassword, secret: true);
var postgres = builder.AddPostgres("postgres", password: postgresPassword, port: lake.Port(LakePort.Postgres));
postgres = isRun ? postgres.WithDataBindMount(lake.PostgresFolder) : postgres.WithDataVolume("lakeaspire-postgres");
var catalog = postgres.AddDatabase("catalog");

var catalogApi = AddService<Projects.Catalog_Api>("catalog-api", LakePort.Catalog)
    .WithReference(catalog)
    .WaitFor(catalog)
    .WithEnvironment("Lake__Storage__Warehouse", warehouse);

var ingestApi = AddService<Projects.Ingest_Api>("ingest-api", LakePort.Ingest)
    .WithReference(catalogApi)
    .WithEnvironment("Lake__Storage__Landing", landing);

var worker = AddService<Projects.Transform_Worker>("transform-worker", LakePort.Free)
    .WithReference(catalogApi)
    .WaitFor(catalogApi)
    .WithEnvironment("Lake__Storage__Warehouse", warehouse)
    .WithEnvironment("Lake__Storage__Landing", landing)
    .WithEnvironment("Lake__Storage__Scratch", scratch);

var queryApi = AddService<Projects.Query_Api>("query-api", LakePort.Query)
    .WithReference(catalogApi)
    .WaitFor(catalogApi)
    .WithEnvironment("Lake__Storage__Warehouse", warehouse)
    .WithEnvironment("Lake__Storage__Scratch", scratch);

// The catalog has policies checked by what will apply them. No reference: Query.Api has one to the catalog, and each would wait for the other to stop.
catalogApi.WithEnvironment("services__query-api__http__0", queryApi.GetEndpoint("http"));

AddStore(catalogApi, ingestApi, worker, queryApi);

var portal = AddService<Projects.Portal>("portal", LakePort.Portal)
    .WithExternalHttpEndpoints()
    .WithReference(catalogApi)
    .WithReference(ingestApi)
    .WithReference(queryApi);
if (isRun)
{
    portal.WithEnvironment("Lake__Portal__KeysDirectory", lake.PortalKeys);
}

if (isRun && lake.SampleProject is { } sampleProject)
{
    worker.WithEnvironment("Lake__Pipelines__0", sampleProject);
    if (lake.Options.SampleEvents > 0)
    {
        builder.AddProject<Projects.WatchLog_Generator>("sample-watchlog", launchProfileName: null)
            .WithReference(ingestApi)
            .WaitFor(ingestApi)
            .WithEnvironment("Lake__Auth__ServiceKey", serviceKey)
            .WithEnvironment("Lake__Auth__UserKey", userKey)
            .WithEnvironment("Sample__Events", lake.SampleEvents)
            .WithEnvironment("Sample__DataDir", lake.Folder);
    }
}

CompleteHosting(builder, lake, portal, catalogApi);
await builder.Build().RunAsync();
return Environment.ExitCode;

IResourceBuilder<ProjectResource> AddService<TProject>(string name, LakePort port) where TProject : IProjectMetadata, new() =>
    builder.AddProject<TProject>(name, launchProfileName: null)
        .WithHttpEndpoint(port: lake.Port(port))
        .WithHttpHealthCheck("/health")
        .WithEnvironment("Lake__Auth__ServiceKey", serviceKey)
        .WithEnvironment("Lake__Auth__UserKey", userKey);

// How the store is reached: values of the environment that this program was started with, given as environment to those that need them.
void AddStore(params IResourceBuilder<ProjectResource>[] services)
{
    if (lake.Store is not { } store || !isRun)
    {
        return;
    }

    foreach (var (name, setting, value, isSecret) in store.Settings(Environment.GetEnvironmentVariable))
    {
        var parameter = builder.AddParameter(name, () => value, secret: isSecret);
        foreach (var service in services)
        {
            service.WithEnvironment(setting, parameter);
        }
    }

    foreach (var service in services)
    {
        service.WithEnvironment("Lake__Storage__Cache", lake.Cache)
            .WithEnvironment("Lake__Storage__CacheBytes", lake.CacheBytes)
            .WithEnvironment("Lake__Storage__S3__Encryption", lake.Options.StoreEncryption ?? "")
            .WithEnvironment("Lake__Storage__S3__KmsKeyId", lake.Options.StoreKmsKey ?? "");
    }
}
