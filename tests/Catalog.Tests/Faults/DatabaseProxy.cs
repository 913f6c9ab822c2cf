using System.Collections.Concurrent;
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

    /// <summary>Whether from the next cut on all connections are cut and new ones refused, once.</summary>
    public bool StaysAway { get; set; }

    readonly ConcurrentDictionary<TcpClient, bool> open = [];
    volatile bool isAway;

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

        open[client] = true;
        try
        {
            using var server = new TcpClient(host, port);
            var connection = new Connection(client.GetStream(), server.GetStream());
            await await Task.WhenAny(PumpUpAsync(client, connection), PumpDownAsync(connection));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two ends is gone, and so is the connection.
        }
        finally
        {
            open.TryRemove(client, out _);
        }
    }

    async Task PumpUpAsync(TcpClient client, Connection connection)
    {
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await connection.Client.ReadAsync(buffer, stop.Token)) > 0)
        {
            var cut = NextCommit;
            if (cut != Cut.None && buffer.AsSpan(0, read).IndexOf(CommitMessage) >= 0)
            {
                NextCommit = Cut.None;
                GoAwayIfWanted(client);
                if (cut == Cut.BeforeCommit)
                {
                    return;
                }

                connection.IsMute = true;
            }

            await connection.Server.WriteAsync(buffer.AsMemory(0, read), stop.Token);
        }
    }

    async Task PumpDownAsync(Connection connection)
    {
        var buffer = new byte[1 << 16];
        int read;

        // A mute connection ends with the answer that it keeps to itself: what it answers to is done by then.
        while ((read = await connection.Server.ReadAsync(buffer, stop.Token)) > 0 && !connection.IsMute)
        {
            await connection.Client.WriteAsync(buffer.AsMemory(0, read), stop.Token);
        }
    }

    /// <summary>Connections that idle in a pool would be a way around.</summary>
    void GoAwayIfWanted(TcpClient committing)
    {
        if (StaysAway)
        {
            StaysAway = false;
            isAway = true;
            foreach (var other in open.Keys.Where(client => client != committing))
            {
                other.Close();
            }
        }
    }

    sealed class Connection(NetworkStream client, NetworkStream server)
    {
        public NetworkStream Client => client;

        public NetworkStream Server => server;

        public volatile bool IsMute;
    }
}
