namespace Lakehouse.Engine.Writes;

/// <summary>Data files in a folder of this machine: flushed, then renamed into it.</summary>
/// <param name="folder">The data folder of the table; made when the first file is placed.</param>
/// <param name="location">Its location; files are named below it.</param>
/// <param name="stagingRoot">Folder to write to, on the same file system; <c>.staging</c> within the data folder by default.</param>
public sealed class LocalPlacement(string folder, string location, string? stagingRoot = null) : IDataFilePlacement
{
    /// <inheritdoc />
    public string StagingRoot { get; } = stagingRoot ?? Path.Combine(folder, ".staging");

    /// <inheritdoc />
    public Task<string> PlaceAsync(string stagedPath, string fileName, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (var file = File.OpenHandle(stagedPath, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(file);
        }

        Directory.CreateDirectory(folder);
        File.Move(stagedPath, Path.Combine(folder, fileName));
        return Task.FromResult($"{location.TrimEnd('/')}/{fileName}");
    }

    /// <inheritdoc />
    public Task RemoveAsync(string placed, CancellationToken cancellationToken = default)
    {
        File.Delete(Path.Combine(folder, placed[(placed.LastIndexOf('/') + 1)..]));
        return Task.CompletedTask;
    }
}
