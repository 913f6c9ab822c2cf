using System.Net;
using System.Net.Sockets;
using LakeAspire.Hosting.Processes;
using LakeAspire.Hosting.Tests.Postgres;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests.AppHost;

/// <summary>The whole application: started, used, stopped and killed as a user would.</summary>
[Collection("AppHost")]
public sealed class AppHostTests
{
    const string Ready = "Ctrl-C stops everything.";
    const int ShutDown = 1;

    [Fact]
    public async Task Starts_serves_refuses_a_second_instance_stops_cleanly_and_starts_again()
    {
        _ = PostgresTestServer.Programs;
        using var folder = OpenFolder();
        var data = folder.Below("my lake");
        string userKey;
        using (var host = AppHostProcess.Start("--data-dir", data, "--base-port", "0", "--sample", "none"))
        {
            await host.WaitForOutputAsync(Ready);
            Assert.Contains("LakeAspire starting", host.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("\e", host.Output, StringComparison.Ordinal);

            var endpoints = AppHostProcess.EndpointsIn(data);
            using var client = new HttpClient();
            foreach (var service in (string[])["portal", "catalog-api", "ingest-api", "query-api"])
            {
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{endpoints[service]}/health", TestContext.Current.CancellationToken)).StatusCode);
            }

            userKey = await File.ReadAllTextAsync(Path.Combine(data, "secrets", "user.key"), TestContext.Current.CancellationToken);
            Assert.Equal(49, userKey.Length);
            Assert.Equal("600", Mode(Path.Combine(data, "secrets", "user.key")));
            Assert.Equal("600", Mode(Path.Combine(data, "secrets", "service.key")));
            Assert.Equal("700", Mode(Path.Combine(data, "secrets")));
            Assert.DoesNotContain(userKey.Trim(), host.Output, StringComparison.Ordinal);

            // No key in the arguments of any process.
            Assert.DoesNotContain(AppHostProcess.ProcessesOf(host.Mark()), line => line.Contains(userKey.Trim(), StringComparison.Ordinal));

            var second = await AppHostProcess.RunToEndAsync("--data-dir", data, "--base-port", "0");
            Assert.Equal((1, ""), (second.ExitCode, second.Output));
            Assert.Equal($"error: The data folder {data} is in use by another LakeAspire (process {host.Id}): stop that one first, or choose another folder with --data-dir PATH.", second.Errors);

            var mark = host.Mark();
            host.Signal(StopSignal.Terminate);
            Assert.Equal(0, await host.WaitForExitAsync());
            Assert.Contains("LakeAspire stopped", host.Output, StringComparison.Ordinal);
            Assert.Equal(ShutDown, PostgresTestServer.ControlState(Path.Combine(data, "postgres")));
            Assert.False(File.Exists(Path.Combine(data, "endpoints.json")));
            await Eventually.IsTrueAsync(() => AppHostProcess.ProcessesOf(mark).Count == 0, "no process is left");
        }

        using (var again = AppHostProcess.Start("--data-dir", data, "--base-port", "0", "--sample", "none", "--no-dashboard"))
        {
            await again.WaitForOutputAsync(Ready);
            Assert.DoesNotContain("creating its data folder", again.Output, StringComparison.Ordinal);
            Assert.Equal(userKey, await File.ReadAllTextAsync(Path.Combine(data, "secrets", "user.key"), TestContext.Current.CancellationToken));
            Assert.Null(AppHostProcess.EndpointsIn(data)["otlp"]);

            // As Ctrl-C in a terminal.
            again.Signal(StopSignal.Interrupt);
            Assert.Equal(0, await again.WaitForExitAsync());
        }
    }

    [Fact]
    public async Task Killed_it_leaves_no_process_behind_and_starts_again()
    {
        _ = PostgresTestServer.Programs;
        using var folder = OpenFolder();
        string[] args = ["--data-dir", folder.Below("lake"), "--base-port", "0", "--sample", "none"];
        using (var host = AppHostProcess.Start(args))
        {
            await host.WaitForOutputAsync(Ready);
            var mark = host.Mark();
            Assert.True(AppHostProcess.ProcessesOf(mark).Count > 6);
            host.Kill();
            await Eventually.IsTrueAsync(() => AppHostProcess.ProcessesOf(mark).Count == 0, $"no process is left: {string.Join("; ", AppHostProcess.ProcessesOf(mark))}", TimeSpan.FromMinutes(1));
            Assert.Equal(ShutDown, PostgresTestServer.ControlState(folder.Below("lake", "postgres")));
        }

        // The lock went with the process.
        using var again = AppHostProcess.Start(args);
        await again.WaitForOutputAsync(Ready);
        again.Signal(StopSignal.Terminate);
        Assert.Equal(0, await again.WaitForExitAsync());
    }

    [Fact]
    public async Task A_taken_port_is_one_line()
    {
        using var folder = OpenFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var run = await AppHostProcess.RunToEndAsync("--data-dir", folder.Below("lake"), "--base-port", $"{port - 2}");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal($"error: Port {port} of ingest-api is taken: choose other ports with --base-port N (--base-port 0 takes free ones), or stop the program that uses it.", run.Errors);
        Assert.Empty(Directory.GetFiles(folder.Below("lake"), "endpoints.json"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_line()
    {
        Needs.Require(OperatingSystem.IsLinux(), "/proc, where nobody can write");
        var run = await AppHostProcess.RunToEndAsync("--data-dir", "/proc/lake");
        Assert.Equal(1, run.ExitCode);
        Assert.Matches("^error: The data folder /proc/lake cannot be written \\(.+\\): let this user write there, or choose another with --data-dir PATH\\.$", run.Errors);
    }

    [Fact]
    public async Task Help_and_a_mistyped_option()
    {
        var help = await AppHostProcess.RunToEndAsync("--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        Assert.Contains("--sample-events N", help.Output, StringComparison.Ordinal);
        var wrong = await AppHostProcess.RunToEndAsync("--data-dri", "/x");
        Assert.Equal((1, "error: Unknown option --data-dri: did you mean --data-dir?"), (wrong.ExitCode, wrong.Errors));
    }

    /// <summary>PostgreSQL's user must get through.</summary>
    static TempFolder OpenFolder()
    {
        var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return folder;
    }

    static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
