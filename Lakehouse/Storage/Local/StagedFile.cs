using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Local;

/// <summary>
/// A file that is written aside and then published under its own name, or removed. Its open handle is an exclusive lock, which the system drops when the process dies:
/// a staged file that can be locked has no owner any more.
/// </summary>
internal sealed class StagedFile : IAsyncDisposable
{
    readonly string path;
    readonly FileStream stream;
    bool published;

    StagedFile(string path, FileStream stream)
    {
        this.path = path;
        this.stream = stream;
    }

    public static StagedFile Create(string stagingFolder)
    {
        var name = Path.Combine(stagingFolder, Guid.NewGuid().ToString("N"));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        try
        {
            return new StagedFile(name, new FileStream(name, options));
        }
        catch (DirectoryNotFoundException)
        {
            Directory.CreateDirectory(stagingFolder);
            return new StagedFile(name, new FileStream(name, options));
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => stream.WriteAsync(bytes, cancellationToken);

    /// <summary>Flushes the file to disk and gives it its name: durable when this returns.</summary>
    /// <param name="target">Path that the file gets.</param>
    /// <param name="replace">Whether it takes the place of a file that has that path.</param>
    /// <param name="now">Becomes the file's time, also so that no sweep takes it for abandoned once it is unlocked.</param>
    public PutOutcome Publish(string target, bool replace, DateTimeOffset now)
    {
        File.SetLastWriteTimeUtc(stream.SafeFileHandle, now.UtcDateTime);
        stream.Flush(flushToDisk: true);

        // Readers would meet the lock if the name came before the end of it.
        stream.Dispose();
        var folder = Path.GetDirectoryName(target)!;
        LocalFolder.Create(folder);
        if (!replace)
        {
            var outcome = NativeFile.MoveIfAbsent(path, target);
            published = outcome == PutOutcome.Written;
            if (!published)
            {
                return outcome;
            }
        }
        else
        {
            if (Directory.Exists(target))
            {
                throw new LakehouseException(LakehouseErrorKind.Conflict, $"'{target}' is a folder that holds other objects");
            }

            File.Move(path, target, overwrite: true);
            published = true;
        }

        NativeFile.FlushFolder(folder);
        return PutOutcome.Written;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        if (!published)
        {
            File.Delete(path);
        }
    }

    /// <summary>Removes what killed writers left behind. Young files are spared: a writer may be between creating and locking one.</summary>
    public static int Sweep(string stagingFolder, DateTimeOffset youngerThan)
    {
        var removed = 0;
        var folder = new DirectoryInfo(stagingFolder);
        foreach (var file in folder.Exists ? folder.EnumerateFiles() : [])
        {
            try
            {
                if (file.LastWriteTimeUtc < youngerThan.UtcDateTime)
                {
                    using var probe = new FileStream(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.Delete);
                    file.Delete();
                    removed++;
                }
            }
            catch (IOException)
            {
                // Locked: its writer lives. Gone: another process swept it.
            }
        }

        return removed;
    }
}
