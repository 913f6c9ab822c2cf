using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Faults;

/// <summary>Stands between the catalog and PostgreSQL, and cuts connections where a test wants it: on the next COMMIT, before or after it reaches the server.</summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    // The message that commits: type Q, its length, the text, a zero byte.
    static readonly byte[] CommitMessage = [(byte)'Q', 0, 0, 0, 11, .. Encoding.ASCII.GetBytes("COMMIT"), 0];

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly string host;
    readonly int port;
    readonly Task accepting;

    public DatabaseProxy(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        (host, port) = (parts.Host!, parts.Port);
        listener.Start();
        parts.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ConnectionString = parts.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>What happens to the next COMMIT.</summary>
    internal enum Cut
    {
        None,
        BeforeCommit,
        AfterCommit,
    }

    /// <summary>Connection string that leads through the proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>What happens to the next COMMIT; over when it has happened.</summary>
    public Cut NextCommit { get; set; }

    /// <summary>Whether connections are refused from the next cut on.</summary>
    public bool StaysAway { get; set; }

    bool isAway;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    public void ComeBack() => isAway = false;

    async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var own = client;
        if (isAway)
        {
            return;
        }

        try
        {
            using var server = new TcpClient(host, port);
            var up = PumpUpAsync(client.GetStream(), server.GetStream());
            var down = client.GetStream() is var toClient ? server.GetStream().CopyToAsync(toClient, stop.Token) : Task.CompletedTask;
            await Task.WhenAny(up, down);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One of the two ends is gone, and so is the connection.
        }
    }

    async Task PumpUpAsync(NetworkStream client, NetworkStream server)
    {
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await client.ReadAsync(buffer, stop.Token)) > 0)
        {
            var cut = NextCommit;
            var isCommit = cut != Cut.None && buffer.AsSpan(0, read).IndexOf(CommitMessage) >= 0;
            if (isCommit)
            {
                NextCommit = Cut.None;
                isAway = StaysAway;
            }

            if (isCommit && cut == Cut.BeforeCommit)
            {
                return;
            }

            await server.WriteAsync(buffer.AsMemory(0, read), stop.Token);
            if (isCommit)
            {
                // The answer means that it is done; it goes no further than here.
                return;
            }
        }
    }
}
