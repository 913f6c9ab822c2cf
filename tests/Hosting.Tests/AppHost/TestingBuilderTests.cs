using Aspire.Hosting;
using Aspire.Hosting.Testing;
using LakeAspire.Hosting.Tests.Postgres;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests.AppHost;

[Collection("AppHost")]
public sealed class TestingBuilderTests
{
    [Fact]
    public async Task A_test_starts_the_application_of_the_AppHost_in_its_own_process()
    {
        _ = PostgresTestServer.Programs;
        using var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await using (var builder = await DistributedApplicationTestingBuilder.CreateAsync<AppHostProject>(
            ["--data-dir", folder.Below("lake"), "--base-port", "0", "--sample", "none", "--no-dashboard"], TestContext.Current.CancellationToken))
        {
            await using var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
            await app.StartAsync(TestContext.Current.CancellationToken);
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await app.ResourceNotifications.WaitForResourceHealthyAsync("catalog-api", limit.Token);
            using var client = app.CreateHttpClient("catalog-api");
            Assert.Equal("Healthy", await client.GetStringAsync("/health", TestContext.Current.CancellationToken));
            Assert.StartsWith("Host=127.0.0.1;Port=", await app.GetConnectionStringAsync("catalog", TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => app.GetEndpoint("nobody"));
            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        // The AppHost's own program has ended, and with it its hold on the folder.
        Assert.False(File.Exists(folder.Below("lake", "endpoints.json")));
        using var free = new FileStream(folder.Below("lake", "lakeaspire.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public async Task An_AppHost_that_refuses_its_arguments_fails_the_test()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => DistributedApplicationTestingBuilder.CreateAsync<AppHostProject>(["--nonsense"], TestContext.Current.CancellationToken));
        Assert.Contains("exit code 1", error.Message, StringComparison.Ordinal);
    }
}
