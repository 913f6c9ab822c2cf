using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Database;

internal static class DatabaseExtensions
{
    const string ConnectionName = "catalog";

    // What a connection keeps prepared: the statements of every request, and those of the branches that were used last.
    const int PreparedStatements = 100;

    /// <summary>One small pool of connections, shared by EF and the commit path.</summary>
    public static void AddCatalogDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider =>
        {
            var text = provider.GetRequiredService<IConfiguration>().GetConnectionString(ConnectionName);
            if (string.IsNullOrEmpty(text))
            {
                throw new InvalidOperationException($"The catalog's database is not configured: set ConnectionStrings__{ConnectionName}.");
            }

            var source = new NpgsqlDataSourceBuilder(text) { Name = ConnectionName };
            source.ConnectionStringBuilder.MaxPoolSize = provider.GetRequiredService<IOptions<CatalogOptions>>().Value.MaxConnections;
            source.ConnectionStringBuilder.ApplicationName = "catalog-api";
            source.ConnectionStringBuilder.MaxAutoPrepare = source.ConnectionStringBuilder.MaxAutoPrepare is > 0 and var asked ? asked : PreparedStatements;
            source.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            return source.Build();
        });
        builder.Services.AddPooledDbContextFactory<CatalogDb>(
            (provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())

                // An error is logged where it is dealt with; a first start asks for a table that is not there yet.
                .ConfigureWarnings(warnings => warnings.Log((RelationalEventId.CommandError, LogLevel.Debug))),
            poolSize: 16);
        builder.Services.AddSingleton<CatalogReads>();
        builder.Services.AddSingleton<MigrationState>();
        builder.Services.AddHostedService<MigrationService>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);

        // Whoever asks gets the answer; an error in the log for each time it is asked during a start says nothing more.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
    }
}
