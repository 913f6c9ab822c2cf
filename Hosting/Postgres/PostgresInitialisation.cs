using Aspire.Hosting;
using LakeAspire.Hosting.Logging;
using LakeAspire.Hosting.Processes;

namespace LakeAspire.Hosting.Postgres;

/// <summary>Makes a data folder, once: in a folder beside it that is renamed when all is done, so that an interrupted attempt leaves none.</summary>
internal sealed class PostgresInitialisation(PostgresPlacement placement, ProcessStarter starter, ResourceLog log)
{
    /// <summary>Settings of other PostgreSQL installations that a server or its tools would take from the environment.</summary>
    public static readonly IReadOnlyList<string> HiddenVariables = ["PG"];

    const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    string Stage => placement.Data + ".new";

    string DatabaseList => Path.Combine(placement.Data, "lakeaspire.databases");

    public bool IsDone => File.Exists(Path.Combine(placement.Data, PostgresPlacement.VersionFile));

    public async Task RunAsync(string userName, string password, CancellationToken cancellationToken)
    {
        await InStageAsync(async () =>
        {
            var passwordFile = Path.Combine(Stage, "password");
            var data = Path.Combine(Stage, "data");
            await WriteForServerAsync(passwordFile, password + "\n", cancellationToken);
            await RunToolAsync(placement.Program("initdb"),
            [
                "-D", data, "-U", userName, "--pwfile", passwordFile, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions",
            ], cancellationToken);
            Directory.Move(data, placement.Data);
        });
    }

    /// <summary>Creates the databases that are not there yet. The server must not run: a server alone can do it without a password.</summary>
    public async Task CreateDatabasesAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var known = File.Exists(DatabaseList) ? await File.ReadAllLinesAsync(DatabaseList, cancellationToken) : [];
        var missing = names.Except(known, StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        await InStageAsync(async () =>
        {
            var script = Path.Combine(Stage, "databases.sql");
            await WriteForServerAsync(script, string.Concat(missing.Select(name => $"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\";\n")), cancellationToken);
            await RunToolAsync(
                placement.Program("postgres"), ["--single", "-D", placement.Data, "-c", "unix_socket_directories=", "-c", "log_min_messages=error", "postgres"], cancellationToken, script);
        });
        await WriteForServerAsync(DatabaseList, string.Concat(known.Concat(missing).Select(name => name + "\n")), cancellationToken);
    }

    async Task InStageAsync(Func<Task> work)
    {
        Discard();
        Directory.CreateDirectory(Stage);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Stage, OwnerFolder);
        }

        Give(Stage);
        try
        {
            await work();
        }
        finally
        {
            Discard();
        }
    }

    void Discard()
    {
        if (Directory.Exists(Stage))
        {
            Directory.Delete(Stage, recursive: true);
        }
    }

    /// <summary>Writes a file that the server's user alone can read.</summary>
    async Task WriteForServerAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var writer = new StreamWriter(path, options))
        {
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        }

        Give(path);
    }

    void Give(string path)
    {
        if (placement.User is { } user)
        {
            UserSwitch.Give(path, user);
        }
    }

    async Task RunToolAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? inputFile = null)
    {
        var spec = new LaunchSpec
        {
            FileName = program, Arguments = arguments, InputFile = inputFile, WorkingDirectory = Path.GetPathRoot(placement.Data)!, RunAs = placement.User,
            HiddenVariables = HiddenVariables,
        };
        using var process = await starter.StartAsync(spec, log.Add, cancellationToken);
        await using var registration = cancellationToken.Register(() => _ = process.StopAsync());
        var code = await process.Exited;
        cancellationToken.ThrowIfCancellationRequested();
        if (code != 0)
        {
            throw new DistributedApplicationException($"{Path.GetFileName(program)} failed with exit code {code}: {log.LastWords() ?? "it said nothing"}");
        }
    }
}
