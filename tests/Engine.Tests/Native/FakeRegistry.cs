using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lakehouse.Engine.Tests.Native;

/// <summary>An npm registry with one package, over real HTTP, so that the real npm can be tried without a network.</summary>
internal sealed class FakeRegistry : IDisposable
{
    public const string Package = "@duckdb/node-bindings-linux-x64";
    public const string Version = "1.5.5-r.5";

    readonly HttpListener listener = new();
    readonly byte[] archive = Archive();
    int downloads;

    public FakeRegistry()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        listener.Prefixes.Add(Address);
        listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>How often the archive was fetched.</summary>
    public int Downloads => downloads;

    /// <summary>Whether the archive arrives with one byte changed.</summary>
    public bool Corrupt { get; set; }

    /// <summary>As a lock file records it.</summary>
    public string Integrity => "sha512-" + Convert.ToBase64String(SHA512.HashData(archive));

    public void Dispose() => listener.Close();

    static byte[] Archive()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var (name, text) in new[] { ("package.json", $$"""{"name":"{{Package}}","version":"{{Version}}"}"""), ("libduckdb.so", "not the real one") })
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/" + name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        return bytes.ToArray();
    }

    async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await context.Response.OutputStream.WriteAsync(Answer(context));
            context.Response.Close();
        }
    }

    byte[] Answer(HttpListenerContext context)
    {
        if (context.Request.Url!.AbsolutePath.EndsWith(".tgz", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref downloads);
            var sent = (byte[])archive.Clone();
            sent[^1] ^= (byte)(Corrupt ? 1 : 0);
            return sent;
        }

        context.Response.ContentType = "application/json";
        var version = new { name = Package, version = Version, dist = new { tarball = Address + "package.tgz", integrity = Integrity } };
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["name"] = Package,
            ["dist-tags"] = new { latest = Version },
            ["versions"] = new Dictionary<string, object> { [Version] = version },
        });
    }
}
