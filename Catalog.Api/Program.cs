using LakeAspire.Catalog;
using LakeAspire.Catalog.Backup;
using LakeAspire.Catalog.Hosting;

await using var app = CatalogApp.Build(args);
if (args is [MigrateCommand.Name])
{
    return await MigrateCommand.RunAsync(app.Services);
}

if (BackupCommands.Are(args))
{
    return await BackupCommands.RunAsync(args, app.Services);
}

await app.RunAsync();
return 0;
