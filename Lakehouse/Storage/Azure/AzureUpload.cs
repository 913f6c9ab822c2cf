using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.Azure;

/// <summary>Blocks that become a blob. Their ids hold the marker, so that those of racing writers differ; all ids of a blob have one length.</summary>
internal sealed class AzureUpload(AzureBackend backend, string key, string marker) : IRemoteUpload
{
    readonly ConcurrentDictionary<int, string> ids = new();

    public async Task SendAsync(int number, ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{marker}-{number:D6}")));
        using var block = new ReadOnlyMemoryContent(part);
        await backend.PutBlockAsync(key, id, block, cancellationToken);
        ids[number] = id;
    }

    public Task<bool> CompleteAsync(bool ifAbsent, CancellationToken cancellationToken) => backend.PutBlockListAsync(key, marker, ids.OrderBy(id => id.Key).Select(id => id.Value), ifAbsent, cancellationToken);

    /// <summary>Blocks can't be given up; they are invisible, and go after a week or with the next write of the blob.</summary>
    public Task AbortAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
