using System.Runtime.CompilerServices;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Tests.Caching;

/// <summary>A remote store of objects that are named by their size and hold nothing but one byte, their size's last; counts what is read.</summary>
public sealed class NumberedStore(Action<string>? onRead = null) : IObjectStore
{
    int reads;

    public int Reads => reads;

    public string Root => "mem://store";

    public static string LocationOf(int number, int size) => $"mem://store/data/{number}-{size}.parquet";

    public static byte[] ContentOf(string location)
    {
        var numbers = Path.GetFileNameWithoutExtension(location).Split('-');
        var content = new byte[int.Parse(numbers[1], System.Globalization.CultureInfo.InvariantCulture)];
        Array.Fill(content, (byte)int.Parse(numbers[0], System.Globalization.CultureInfo.InvariantCulture));
        return content;
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        Task.FromResult(location.Contains('-', StringComparison.Ordinal) ? new ObjectInfo(location, ContentOf(location).Length, default) : null);

    public async Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        Interlocked.Increment(ref reads);
        onRead?.Invoke(location);
        return new MemoryStream(ContentOf(location));
    }

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw LakehouseException.Unsupported("puts");

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw LakehouseException.Unsupported("puts");

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => throw LakehouseException.Unsupported("deletes");

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        yield break;
    }
}
