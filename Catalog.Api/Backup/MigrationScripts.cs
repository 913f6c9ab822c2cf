using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Backup;

/// <summary>The migrations of this version as statements, for a transaction of one's own: each alone, so that an archive may have any of them.</summary>
internal sealed class MigrationScripts(CatalogDb db)
{
    readonly IMigrationsAssembly assembly = db.GetService<IMigrationsAssembly>();
    readonly IMigrationsSqlGenerator generator = db.GetService<IMigrationsSqlGenerator>();
    readonly IHistoryRepository history = db.GetService<IHistoryRepository>();

    /// <summary>The table that lists what was applied.</summary>
    public string History => history.GetCreateIfNotExistsScript();

    /// <exception cref="BackupException">Some of the migrations are not known here.</exception>
    public void Check(IReadOnlyList<string> applied)
    {
        if (applied.Where(migration => !assembly.Migrations.ContainsKey(migration)).ToList() is { Count: > 0 } unknown)
        {
            throw new BackupException($"The archive was made by a later version of the service: this one does not know {string.Join(", ", unknown)}.");
        }

        if (applied.Count == 0)
        {
            throw new BackupException("The archive names no migration: there is no telling what its tables are.");
        }
    }

    /// <summary>The statements of one migration, and its line in the history.</summary>
    public IReadOnlyList<string> Of(string migration)
    {
        var up = assembly.CreateMigration(assembly.Migrations[migration], db.Database.ProviderName!);
        return [.. generator.Generate(up.UpOperations, up.TargetModel).Select(command => command.CommandText), history.GetInsertScript(new HistoryRow(migration, ProductInfo.GetVersion()))];
    }

    /// <summary>The migrations that the others lack, in order.</summary>
    public IReadOnlyList<string> Since(IReadOnlyList<string> applied) => [.. assembly.Migrations.Keys.Except(applied, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
