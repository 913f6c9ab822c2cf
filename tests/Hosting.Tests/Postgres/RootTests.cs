using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Postgres;
using LakeAspire.Hosting.Processes;
using LakeAspire.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Hosting.Tests.Postgres;

/// <summary>PostgreSQL refuses to run as root, and another user can't go everywhere.</summary>
public sealed class RootTests
{
    [Fact]
    public async Task Data_and_programs_in_closed_folders_move_to_the_fallback_folders_which_are_named()
    {
        NeedsRoot();
        await using var test = new TestApp();
        var closed = Directory.CreateDirectory(test.Below("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var programs = Path.Combine(closed, "postgresql-copy");
        CopyFolder(PostgresTestServer.Programs, programs);
        PostgresTestServer.AddTo(test, Path.Combine(closed, "postgres"));
        test.Builder.ConfigureHosting(options => options.PostgresFolder = programs);

        var notices = new List<string>();
        var placement = PostgresPlacement.Choose(programs, Path.Combine(closed, "postgres"), new(test.Below("fallback-data"), test.Below("fallback-programs")), "test", notices.Add);
        Assert.Equal(test.Below("fallback-data") + "/test/postgres", placement.Data);
        Assert.Equal(test.Below("fallback-programs") + "/postgresql/postgresql-copy", placement.Programs);
        Assert.Contains(notices, n => n.Contains(placement.Data, StringComparison.Ordinal));
        Assert.Contains(notices, n => n.Contains(placement.Programs, StringComparison.Ordinal));

        await test.StartAsync();
        await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy);
        Assert.True(File.Exists(Path.Combine(placement.Data, "PG_VERSION")));
        Assert.False(Directory.Exists(Path.Combine(closed, "postgres")));
    }

    [Fact]
    public async Task Data_that_is_there_is_never_passed_over_for_an_empty_folder()
    {
        NeedsRoot();
        await using var test = new TestApp();
        PostgresTestServer.AddTo(test);
        await test.StartAsync();
        await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy);
        await test.App.ResourceCommands.ExecuteCommandAsync("pg", "stop");
        File.SetUnixFileMode(test.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await test.App.ResourceCommands.ExecuteCommandAsync("pg", "start");
        await test.WaitAsync("pg", KnownResourceStates.FailedToStart);
        Assert.Contains("cannot enter the folder of its data", await test.LogOfAsync(test.Builder.Resources.Single(r => r.Name == "pg")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_does_not_run_as_root()
    {
        NeedsRoot();
        await using var test = new TestApp();
        PostgresTestServer.AddTo(test);
        await test.StartAsync();
        var process = TestApp.ProcessIdOf(await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy));
        var users = File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1..];
        Assert.DoesNotContain("0", users);
    }

    static void NeedsRoot() => Needs.Require(OperatingSystem.IsLinux() && UserSwitch.IsRoot, "root on Linux");

    static void CopyFolder(string from, string to)
    {
        using var copy = System.Diagnostics.Process.Start("cp", ["-a", from, to]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }
}
