using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Hosting.Tests.Running;

public sealed class WaitingTests
{
    [Fact]
    public async Task WaitFor_waits_until_the_health_check_passes()
    {
        await using var test = new TestApp();
        var server = test.AddScript("server", "exec sleep 1000").WithHttpEndpoint().WithHttpHealthCheck("/health");
        test.AddScript("client", "exec sleep 1000").WaitFor(server);
        var ready = 0;
        server.OnResourceReady((_, _, _) =>
        {
            Interlocked.Increment(ref ready);
            return Task.CompletedTask;
        });
        await test.StartAsync();
        await test.WaitAsync("client", KnownResourceStates.Waiting);
        var unhealthy = await test.WaitAsync("server", s => s.HealthReports is [{ Status: HealthStatus.Unhealthy }]);
        Assert.Equal("server_http_/health_200_check", unhealthy.HealthReports[0].Name);
        Assert.Equal(KnownResourceStates.Waiting, test.StateOf("client"));
        Assert.Equal(0, ready);

        // The test answers in the server's place.
        await using var answers = await TestServer.StartAsync(server.GetEndpoint("http").Port);
        await test.WaitAsync("client", KnownResourceStates.Running);
        Assert.Equal(HealthStatus.Healthy, (await test.WaitAsync("server", s => s.HealthStatus == HealthStatus.Healthy)).HealthStatus);
        await Eventually.IsTrueAsync(() => ready == 1, "told once that the server is ready");
    }

    [Fact]
    public async Task WaitForCompletion_waits_for_the_end()
    {
        await using var test = new TestApp();
        var first = test.AddScript("first", $"sleep 0.3; touch {test.Below("made")}");
        test.AddScript("second", $"[ -f {test.Below("made")} ]").WaitForCompletion(first);
        await test.StartAsync();
        Assert.Equal(0, (await test.WaitAsync("second", KnownResourceStates.Finished)).ExitCode);
    }

    [Fact]
    public void Nothing_waits_for_itself()
    {
        var builder = DistributedApplication.CreateBuilder([]);
        var program = builder.AddExecutable("program", "true", ".");
        Assert.Throws<DistributedApplicationException>(() => program.WaitFor(program));
    }

    /// <summary>Answers every request with 200.</summary>
    sealed class TestServer(TcpListener listener) : IAsyncDisposable
    {
        Task serving = Task.CompletedTask;

        public static Task<TestServer> StartAsync(int port)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            var server = new TestServer(listener);
            server.serving = server.ServeAsync();
            return Task.FromResult(server);
        }

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await serving;
        }

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    _ = await stream.ReadAtLeastAsync(new byte[4096], 16, throwOnEndOfStream: false);
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"u8.ToArray());
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
            {
                // Stopped.
            }
        }
    }
}
