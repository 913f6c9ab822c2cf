using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Processes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace LakeAspire.Hosting.Tests.Postgres;

public sealed class PostgresTests
{
    const int ShutDown = 1;

    [Fact]
    public async Task A_server_is_made_once_asks_for_the_password_and_stops_cleanly()
    {
        string data, address;
        await using (var test = new TestApp())
        {
            var server = PostgresTestServer.AddTo(test);
            var database = server.AddDatabase("catalog");
            server.AddDatabase("second", "Second \"db\"");
            data = test.Below("postgres");
            await test.StartAsync();
            await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy);
            await test.WaitAsync("catalog", s => s.HealthStatus == HealthStatus.Healthy);

            address = (await database.Resource.ConnectionStringExpression.GetValueAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal("on", await AskAsync(address, "show fsync"));
            Assert.Equal("logical", await AskAsync(address, "show wal_level"));
            Assert.Equal("127.0.0.1", await AskAsync(address, "show listen_addresses"));
            Assert.Equal("", await AskAsync(address, "show unix_socket_directories"));
            Assert.Equal("2", await AskAsync(address, "select count(*)::text from pg_database where datname in ('catalog', 'Second \"db\"')"));
            Assert.Equal("t", await AskAsync(address, "select bool_and(rolpassword like 'SCRAM-SHA-256$%')::text from pg_authid where rolcanlogin") is "true" ? "t" : "f");
            var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(address.Replace(PostgresTestServer.Password, "wrong", StringComparison.Ordinal), "select ''"));
            Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);

            // Neither the arguments nor a file that is left tell the password.
            var process = TestApp.ProcessIdOf(await test.WaitAsync("pg", KnownResourceStates.Running));
            if (OperatingSystem.IsLinux())
            {
                Assert.DoesNotContain(PostgresTestServer.Password, await File.ReadAllTextAsync($"/proc/{process}/cmdline"), StringComparison.Ordinal);
            }

            Assert.False(Directory.Exists(data + ".new"));

            await test.App.StopAsync(TestContext.Current.CancellationToken);
            Assert.Equal(ShutDown, PostgresTestServer.ControlState(data));
            Assert.False(File.Exists(Path.Combine(data, "postmaster.pid")));
        }
    }

    [Fact]
    public async Task A_killed_server_recovers_with_what_was_committed()
    {
        await using var test = new TestApp();
        var database = PostgresTestServer.AddTo(test).AddDatabase("catalog");
        await test.StartAsync();
        var before = TestApp.ProcessIdOf(await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy));
        var address = (await database.Resource.ConnectionStringExpression.GetValueAsync(TestContext.Current.CancellationToken))!;
        await AskAsync(address, "create table kept (n int); insert into kept values (42); select ''");
        UnixSignals.KillGroup(before);
        await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy && s.Restarts > 0);
        Assert.Equal("42", await AskAsync(address, "select n::text from kept"));
    }

    [Fact]
    public async Task A_server_left_over_from_an_earlier_run_is_shut_down_and_a_recycled_process_id_is_no_rival()
    {
        await using var test = new TestApp();
        PostgresTestServer.AddTo(test).AddDatabase("catalog");
        await test.StartAsync();
        var first = TestApp.ProcessIdOf(await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy));
        await test.App.ResourceCommands.ExecuteCommandAsync("pg", "stop");
        Assert.False(UnixSignals.IsAlive(first));

        // The id of this test's own process, which lives and is no server.
        var pidFile = Path.Combine(test.Below("postgres"), "postmaster.pid");
        await File.WriteAllTextAsync(pidFile, $"{Environment.ProcessId}\n{test.Below("postgres")}\n");
        await test.App.ResourceCommands.ExecuteCommandAsync("pg", "start");
        await test.WaitAsync("pg", s => s.HealthStatus == HealthStatus.Healthy);
        Assert.True(UnixSignals.IsAlive(Environment.ProcessId));
    }

    [Fact]
    public async Task Without_its_programs_the_error_says_what_to_do()
    {
        await using var test = new TestApp();
        var server = PostgresTestServer.AddTo(test);
        test.Builder.ConfigureHosting(options => options.PostgresFolder = test.Below("nothing-here"));
        await test.StartAsync();
        await test.WaitAsync("pg", KnownResourceStates.FailedToStart);
        Assert.Contains("build the AppHost again to fetch them (Node.js 20 with npm is needed)", await test.LogOfAsync(server.Resource), StringComparison.Ordinal);
    }

    static async Task<string?> AskAsync(string address, string sql)
    {
        await using var source = NpgsqlDataSource.Create(address + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return (string?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
