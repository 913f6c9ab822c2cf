using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Backup;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.DeclaredSources;
using LakeAspire.Catalog.DeltaTables;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Hosting;
using LakeAspire.Catalog.Http;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Idempotency;
using LakeAspire.Catalog.Leases;
using LakeAspire.Catalog.Lineage;
using LakeAspire.Catalog.Merging;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Metrics;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Planning;
using LakeAspire.Catalog.Projects;
using LakeAspire.Catalog.Publications;
using LakeAspire.Catalog.Recovery;
using LakeAspire.Catalog.Resolution;
using LakeAspire.Catalog.Runs;
using LakeAspire.Catalog.Sources;
using LakeAspire.Catalog.Tables;
using LakeAspire.Catalog.Unity;
using LakeAspire.Catalog.Upkeep;
using LakeAspire.Catalog.Views;
using LakeAspire.Catalog.Verification;
using LakeAspire.ServiceDefaults;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog;

/// <summary>The catalog service: what the program runs, and what tests run in their own process.</summary>
public static class CatalogApp
{
    /// <summary>Puts the service together, not started yet.</summary>
    /// <param name="args">Command line: configuration as <c>--Key:Name=value</c>.</param>
    /// <param name="configure">Last word on the services.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.Services.AddOptions<CatalogOptions>().BindConfiguration(CatalogOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.AddCatalogDatabase();
        builder.AddWarehouse();
        builder.AddAccess();
        builder.AddMetricsReports();
        builder.AddLineage();
        builder.AddPlanning();
        builder.AddIdempotency();
        builder.AddDelegation();
        builder.Services.AddSingleton<UnityTables>();
        builder.Services.AddSingleton<CatalogTelemetry>();
        builder.Services.AddSingleton<LakeViews>();
        builder.Services.AddSingleton<BranchStore>();
        builder.Services.AddSingleton<CommitStore>();
        builder.Services.AddSingleton<CommitRunner>();
        builder.Services.AddSingleton<TableCommitter>();
        builder.Services.AddMerging();
        builder.Services.AddHistory();
        builder.Services.AddSingleton<SqlReads>();
        builder.Services.AddSingleton<PointerReads>();
        builder.Services.AddSingleton<TableLookup>();
        builder.Services.AddSingleton<PinnedViews>();
        builder.Services.AddSingleton<ViewDefinitions>();
        builder.Services.AddSingleton<TableResolution>();
        builder.Services.AddSingleton<TableStore>();
        builder.Services.AddSingleton<ViewStore>();
        builder.Services.AddSingleton<ViewCommitter>();
        builder.Services.AddSingleton<ManifestViews>();
        builder.Services.AddSingleton<NamespaceStore>();
        builder.Services.AddSingleton<PageTokens>();
        builder.Services.AddSingleton<RunQueue>();
        builder.Services.AddSingleton<VisibleRuns>();
        builder.Services.AddSingleton<VisibleProjects>();
        builder.Services.AddSingleton<UpkeepQueue>();
        builder.Services.AddSingleton<UpkeepActs>();
        builder.Services.AddSingleton<PublicationQueue>();
        builder.Services.AddSingleton<DeltaTableStore>();
        builder.Services.AddSingleton<LeaseStore>();
        builder.Services.AddRecovery();
        builder.Services.AddSingleton<BackupWriter>();
        builder.Services.AddSingleton<RestoreRunner>();
        builder.Services.AddSingleton<LakeVerifier>();
        builder.Services.AddSingleton<IExceptionMapper, DatabaseExceptionMapper>();
        builder.Services.AddSingleton<IExceptionMapper, StorageExceptionMapper>();
        builder.Services.AddHostedService<ItemSweeper>();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseRouteErrors();
        app.UseEscapedSlashes();
        app.UseAcceptedForms();
        app.UseMiddleware<CallerMiddleware>();
        app.UseMiddleware<IdempotencyMiddleware>();
        app.MapAccess();
        app.MapIceberg();
        app.MapUnity();
        app.MapTableViews();
        app.MapResolution();
        app.MapBranches();
        app.MapMetrics();
        app.MapCommits();
        app.MapMerging();
        app.MapHistory();
        app.MapPositions();
        app.MapProjects();
        app.MapRuns();
        app.MapUpkeep();
        app.MapPublications();
        app.MapDeltaTables();
        app.MapLineage();
        app.MapLeases();
        app.MapDeclaredSources();
        app.MapBackup();
        app.MapVerify();
        app.MapRecovery();
        return app;
    }
}
