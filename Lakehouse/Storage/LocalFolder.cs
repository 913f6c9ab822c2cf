using Lakehouse.Storage.Local;

namespace Lakehouse.Storage;

/// <summary>Folders of the local file system whose entries survive a power failure: for files that get their names by other ways than a store.</summary>
public static class LocalFolder
{
    /// <summary>Creates the missing folders of a path and makes each one's entry durable.</summary>
    /// <param name="folder">Absolute path.</param>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(folder);
        if (parent is not null)
        {
            Create(parent);
        }

        Directory.CreateDirectory(folder);
        if (parent is not null)
        {
            NativeFile.FlushFolder(parent);
        }
    }

    /// <summary>Makes the entries of a folder durable, after files in it got their names.</summary>
    /// <param name="folder">Absolute path of an existing folder.</param>
    public static void Flush(string folder) => NativeFile.FlushFolder(folder);
}
