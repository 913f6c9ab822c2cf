using System.Globalization;
using LakeAspire.AppHost.Options;

namespace LakeAspire.AppHost.Installation;

/// <summary>
/// Holds a data folder for this process: a lock on a file, which the system lets go of when the process ends, however it ends. The process id in the file beside it is for people
/// (a locked file cannot be read).
/// </summary>
internal sealed class InstallationLock : IDisposable
{
    const string LockName = "lakeaspire.lock";
    const string HolderName = "lakeaspire.pid";

    readonly FileStream file;
    readonly string holder;

    InstallationLock(FileStream file, string holder) => (this.file, this.holder) = (file, holder);

    /// <exception cref="InstallationException">Another process holds it.</exception>
    public static InstallationLock Take(string folder)
    {
        var (path, holder) = (Path.Combine(folder, LockName), Path.Combine(folder, HolderName));
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            var process = File.Exists(holder) ? $" (process {File.ReadAllText(holder).Trim()})" : "";
            throw new InstallationException($"The data folder {folder} is in use by another LakeAspire{process}: stop that one first, or choose another folder with {LakeOption.DataDir.Flag} PATH.");
        }

        File.WriteAllText(holder, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        return new(file, holder);
    }

    public void Dispose()
    {
        File.Delete(holder);
        file.Dispose();
    }
}
