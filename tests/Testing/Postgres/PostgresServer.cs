using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using Xunit;

namespace LakeAspire.Testing.Postgres;

/// <summary>
/// A real PostgreSQL for the tests of one assembly, started by the first test that asks for a database: <c>[assembly: AssemblyFixture(typeof(PostgresServer))]</c>.
/// Each test takes a database of its own. The server ends with the test process, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    // The server lives as long as the pipe on standard input (handed on as 3, since the shell takes it from background jobs); -QUIT stops it at once, and what it kept is thrown away anyway.
    const string Guard = "exec 3<&0; \"$@\" </dev/null 3<&- 2>>\"$0\" & server=$!; (cat <&3 >/dev/null; kill -QUIT $server) & wait $server";

    static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    readonly SemaphoreSlim starting = new(1);
    readonly string password = RandomNumberGenerator.GetHexString(24, lowercase: true);
    PostgresAccount account = PostgresAccount.Self;
    string? folder;
    Process? process;
    int databases;
    int port;

    /// <inheritdoc />
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        await EnsureStartedAsync(cancellationToken);
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ConnectionString(name);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(StartDeadline);
            await process.WaitForExitAsync(deadline.Token);
            process.Dispose();
        }

        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }

        starting.Dispose();
    }

    string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "lake",
        Password = password,
        Database = database,
        Pooling = database != "postgres",
    }.ConnectionString;

    async Task EnsureStartedAsync(CancellationToken cancellationToken)
    {
        await starting.WaitAsync(cancellationToken);
        try
        {
            if (process is null)
            {
                await StartAsync(cancellationToken);
            }
        }
        finally
        {
            starting.Release();
        }
    }

    async Task StartAsync(CancellationToken cancellationToken)
    {
        account = PostgresAccount.ForServer();
        folder = Directory.CreateTempSubdirectory("lakeaspire-pg-").FullName;
        var bin = await PostgresBinaries.FindAsync(account, folder, cancellationToken);
        await account.GiveAsync(folder, cancellationToken);

        var data = Path.Combine(folder, "data");
        var passwordFile = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        await account.GiveAsync(passwordFile, cancellationToken);
        await PostgresAccount.RunAsync(
            account.Command(Path.Combine(bin, "initdb"), "-D", data, "-U", "lake", $"--pwfile={passwordFile}", "--auth=scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"),
            cancellationToken);

        for (var attempt = 1; process is null; attempt++)
        {
            process = await TryServeAsync(bin, data, cancellationToken);
            if (process is null && attempt == 3)
            {
                throw new InvalidOperationException("PostgreSQL did not start three times.");
            }
        }
    }

    /// <summary>Starts the server on a free port; null when it ended at once, as it does when another process took the port in between.</summary>
    async Task<Process?> TryServeAsync(string bin, string data, CancellationToken cancellationToken)
    {
        port = FreePort();
        var info = PostgresAccount.Info(account.Command(
            "/bin/sh", "-c", Guard, Path.Combine(folder!, "server.log"), Path.Combine(bin, "postgres"), "-D", data, "-p", port.ToString(), "-h", "127.0.0.1", "-k", "",
            "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB"));
        info.RedirectStandardInput = true;
        var server = Process.Start(info) ?? throw new InvalidOperationException("PostgreSQL did not start.");
        if (await IsReadyAsync(server, cancellationToken))
        {
            return server;
        }

        server.StandardInput.Close();
        server.Dispose();
        return null;
    }

    async Task<bool> IsReadyAsync(Process server, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!server.HasExited && clock.Elapsed < StartDeadline)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
                await connection.OpenAsync(cancellationToken);
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            }
        }

        return false;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
