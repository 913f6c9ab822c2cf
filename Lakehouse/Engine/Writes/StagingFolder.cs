namespace Lakehouse.Engine.Writes;

/// <summary>
/// A folder for the files of one write, removed with it. An interrupted COPY leaves partial files behind, and so does a killed process: each folder holds a lock file open for as long as its writer lives,
/// and whoever makes the next one removes the folders whose lock is free.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    const string LockName = ".lock";
    readonly FileStream held;

    StagingFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    public static StagingFolder Create(string root)
    {
        Directory.CreateDirectory(root);
        Sweep(root);

        // The lock comes first, under a name beside the folder, so that no sweep can take a folder that is just being made.
        var path = System.IO.Path.Combine(root, Guid.CreateVersion7().ToString("N"));
        var held = new FileStream(path + LockName, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1);
        Directory.CreateDirectory(path);
        return new StagingFolder(path, held);
    }

    public void Dispose()
    {
        var lockFile = held.Name;
        try
        {
            RemoveFolder(Path);
        }
        catch (IOException)
        {
            // The write has come to its end either way; with its lock free, the next one's sweep tries again.
            held.Dispose();
            return;
        }

        held.Dispose();
        File.Delete(lockFile);
    }

    static void Sweep(string root)
    {
        foreach (var lockFile in Directory.EnumerateFiles(root, "*" + LockName))
        {
            try
            {
                using (new FileStream(lockFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1))
                {
                    RemoveFolder(lockFile[..^LockName.Length]);
                    File.Delete(lockFile);
                }
            }
            catch (IOException)
            {
                // Held: its writer lives. Or gone: another sweep was first.
            }
        }
    }

    static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
