using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Logging;
using LakeAspire.Hosting.Processes;
using LakeAspire.Hosting.Running;
using LakeAspire.Hosting.Terminal;

namespace LakeAspire.Hosting.Postgres;

/// <summary>Runs a PostgreSQL server from packaged binaries.</summary>
internal sealed class PostgresLauncher(HostingOptions options, ProcessStarter starter, ResourceLoggerService logs, Notices notices, TimeProvider time) : ILauncher
{
    static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(30);

    public bool Handles(IResource resource) => resource is PostgresServerResource;

    public async Task<LaunchSpec> PrepareAsync(IResource resource, CancellationToken cancellationToken)
    {
        var server = (PostgresServerResource)resource;
        var log = logs.Of(server.Name);
        var programs = options.PostgresFolder is { } folder && Directory.Exists(folder)
            ? folder
            : throw new DistributedApplicationException($"{server.Name}: PostgreSQL's programs are not at {options.PostgresFolder ?? "any known place"}; build the AppHost again to fetch them (Node.js 20 with npm is needed).");
        if (!server.TryGetLastAnnotation<DataFolderAnnotation>(out var place) || place.Folder is null)
        {
            throw new DistributedApplicationException($"{server.Name}: it has no data folder; give it one by WithDataBindMount.");
        }

        var placement = PostgresPlacement.Choose(programs, place.Folder, options.Fallback, options.InstallationId, notices.Add);
        var initialisation = new PostgresInitialisation(placement, starter, log);
        await new StalePostmaster(placement, log, time).EndAsync(cancellationToken);
        if (!initialisation.IsDone)
        {
            notices.Add($"{server.Name}: creating its data folder");
            var (user, password) = (await server.UserName.GetValueAsync(cancellationToken), await server.PasswordParameter.GetValueAsync(cancellationToken));
            await initialisation.RunAsync(user!, password!, cancellationToken);
        }

        await initialisation.CreateDatabasesAsync([.. server.Databases.Select(d => d.DatabaseName)], cancellationToken);
        return new LaunchSpec
        {
            FileName = placement.Program("postgres"),
            Arguments = ["-D", placement.Data, .. SettingsFor(server.PrimaryEndpoint.Port).SelectMany(s => new[] { "-c", s })],
            WorkingDirectory = Path.GetPathRoot(placement.Data)!,
            HiddenVariables = PostgresInitialisation.HiddenVariables,
            RunAs = placement.User,
            // "Fast shutdown".
            StopSignal = StopSignal.Interrupt,
            StopLimit = ShutdownLimit,
            StopCommand = new LaunchSpec
            {
                FileName = placement.Program("pg_ctl"),
                Arguments = ["stop", "-D", placement.Data, "-m", "fast", "-w"],
                WorkingDirectory = placement.Programs,
            },
        };
    }

    /// <summary>Durable, on loopback alone, and small: a catalog is read by a few services.</summary>
    static IEnumerable<string> SettingsFor(int port) =>
    [
        "listen_addresses=127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"port={port}"),
        "unix_socket_directories=",
        "password_encryption=scram-sha-256",
        "fsync=on",
        "full_page_writes=on",
        "synchronous_commit=on",
        "wal_level=logical",
        "shared_buffers=64MB",
        "max_connections=50",
        "work_mem=4MB",
        "maintenance_work_mem=32MB",
        "max_wal_size=256MB",
        "min_wal_size=32MB",
        "max_worker_processes=4",
        "max_parallel_workers=2",
        "io_method=sync",
        "jit=off",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_min_messages=warning",
    ];
}
