using System.Runtime.InteropServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Local;

/// <summary>The file system calls that .NET doesn't offer: publishing a file without replacing one, and making a folder's entries durable.</summary>
internal static partial class NativeFile
{
    const int Eexist = 17;
    const int Einval = 22;
    const int Eperm = 1;
    const int Eopnotsupp = 95;
    const int Enosys = 38;
    const int AtFdCwd = -100;
    const uint RenameNoReplace = 1;

    /// <summary>Moves a closed or open file to a path that nothing has; atomic, so that exactly one of several racing movers gets <see cref="PutOutcome.Written"/>.</summary>
    public static PutOutcome MoveIfAbsent(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            return MoveOnWindows(from, to);
        }

        // link(2) never replaces and exists everywhere; it is the way on macOS and on Linux file systems without RENAME_NOREPLACE (NFS).
        if (OperatingSystem.IsLinux() && RenameNoReplaceSupported)
        {
            if (RenameAt2(AtFdCwd, from, AtFdCwd, to, RenameNoReplace) == 0)
            {
                return PutOutcome.Written;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Eexist)
            {
                return PutOutcome.Exists;
            }

            if (error is not (Einval or Enosys))
            {
                throw Failure(error, to);
            }
        }

        return LinkIfAbsent(from, to);
    }

    /// <summary>The same by a hard link.</summary>
    internal static PutOutcome LinkIfAbsent(string from, string to)
    {
        if (Link(from, to) == 0)
        {
            File.Delete(from);
            return PutOutcome.Written;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Eexist
            ? PutOutcome.Exists
            : throw (error is Eperm or Eopnotsupp
                ? new IOException($"the file system of '{to}' offers neither rename without replacement nor hard links")
                : Failure(error, to));
    }

    /// <summary>Makes the entries of a folder survive a power failure. Windows has no such call and journals its folders.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var handle = Open(path, 0);
        if (handle < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), path);
        }

        try
        {
            // EINVAL: a file system whose folders need no flushing (some network and FUSE ones).
            if (FSync(handle) != 0 && Marshal.GetLastPInvokeError() is var error and not Einval)
            {
                throw Failure(error, path);
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    static readonly bool RenameNoReplaceSupported =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "renameat2", out _);

    static PutOutcome MoveOnWindows(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: false);
            return PutOutcome.Written;
        }
        catch (IOException) when (File.Exists(to))
        {
            return PutOutcome.Exists;
        }
    }

    static IOException Failure(int error, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'";
        return error switch
        {
            2 => new FileNotFoundException(message, path),
            20 => new DirectoryNotFoundException(message),
            _ => new IOException(message, error),
        };
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
