using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;

namespace LakeAspire.Hosting.Tests.Running;

public sealed class EndpointTests
{
    [Fact]
    public async Task Free_ports_differ_and_reach_the_program()
    {
        await using var test = new TestApp();
        var one = test.AddScript("one", $"echo $PORT > {test.Below("port.new")}; mv {test.Below("port.new")} {test.Below("port")}; exec sleep 1000").WithHttpEndpoint(env: "PORT");
        var two = test.AddScript("two", "exec sleep 1000").WithHttpEndpoint().WithEndpoint(name: "more", scheme: "tcp");
        await test.StartAsync();
        var ports = new[] { one.GetEndpoint("http").Port, two.GetEndpoint("http").Port, two.GetEndpoint("more").Port };
        Assert.Equal(3, ports.Distinct().Count());
        await Eventually.IsTrueAsync(() => File.Exists(test.Below("port")), "the program has started");
        Assert.Equal(ports[0].ToString(System.Globalization.CultureInfo.InvariantCulture), File.ReadAllText(test.Below("port")).Trim());
    }

    [Fact]
    public async Task A_taken_port_is_an_error_that_names_resource_port_and_remedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var test = new TestApp();
        test.Builder.ConfigureHosting(options => options.PortHint = "use --base-port");
        test.AddScript("web", "exec sleep 1000").WithHttpEndpoint(port);
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(test.StartAsync);
        Assert.Equal($"Port {port} of web is taken: use --base-port.", error.Message);
        Assert.NotEqual("Running", test.StateOf("web"));
    }

    [Fact]
    public async Task A_port_that_is_asked_for_twice_is_an_error()
    {
        await using var test = new TestApp();
        var port = FreePort();
        test.AddScript("a", "exec sleep 1000").WithHttpEndpoint(port);
        test.AddScript("b", "exec sleep 1000").WithHttpEndpoint(port);
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(test.StartAsync);
        Assert.Contains($"Port {port} is asked for twice", error.Message, StringComparison.Ordinal);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
