using Lakehouse.Storage;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Sql;

/// <summary>Folders in the scratch space, one for each query: to spill to, and for a Parquet result on its way. What an earlier run of this service left is removed at the start.</summary>
internal sealed class QueryFolders(IOptions<StorageOptions> options) : IHostedService
{
    readonly string root = Path.Combine(options.Value.Scratch, "query");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(root);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public QueryFolder Create()
    {
        var folder = Path.Combine(root, Guid.CreateVersion7().ToString("N"));
        Directory.CreateDirectory(folder);
        return new QueryFolder(folder);
    }
}

/// <summary>The folder of a query, removed with it.</summary>
internal sealed class QueryFolder(string path) : IDisposable
{
    public string Path => path;

    public void Dispose()
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (IOException)
        {
            // A worker that is just being killed may still write; the next start of the service removes it.
        }
    }
}
