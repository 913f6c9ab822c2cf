using LakeAspire.Catalog;
using LakeAspire.Catalog.Hosting;

await using var app = CatalogApp.Build(args);
if (args is [MigrateCommand.Name])
{
    return await MigrateCommand.RunAsync(app.Services);
}

await app.RunAsync();
return 0;
