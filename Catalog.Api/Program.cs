using LakeAspire.Catalog;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Hosting;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Projects;
using LakeAspire.Catalog.Runs;
using LakeAspire.Catalog.Sources;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults;
using LakeAspire.ServiceDefaults.Errors;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddOptions<CatalogOptions>().BindConfiguration(CatalogOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
builder.AddCatalogDatabase();
builder.AddWarehouse();
builder.Services.AddSingleton<CatalogTelemetry>();
builder.Services.AddSingleton<CommitStore>();
builder.Services.AddSingleton<CommitRunner>();
builder.Services.AddSingleton<TableCommitter>();
builder.Services.AddSingleton<TableLookup>();
builder.Services.AddSingleton<TableStore>();
builder.Services.AddSingleton<ManifestViews>();
builder.Services.AddSingleton<NamespaceStore>();
builder.Services.AddSingleton<RunQueue>();
builder.Services.AddSingleton<IExceptionMapper, DatabaseExceptionMapper>();
builder.Services.AddSingleton<IExceptionMapper, StorageExceptionMapper>();
builder.Services.AddHostedService<ItemSweeper>();

var app = builder.Build();
if (args is [MigrateCommand.Name])
{
    return await MigrateCommand.RunAsync(app.Services);
}

app.UseServiceDefaults();
app.MapIceberg();
app.MapTableViews();
app.MapCommits();
app.MapPositions();
app.MapProjects();
app.MapRuns();
await app.RunAsync();
return 0;
