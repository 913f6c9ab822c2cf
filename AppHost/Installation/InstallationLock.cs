using System.Globalization;
using LakeAspire.AppHost.Options;

namespace LakeAspire.AppHost.Installation;

/// <summary>Holds a data folder for this process. The system lets go of it when the process ends, however it ends; the id in the file is for people.</summary>
internal sealed class InstallationLock : IDisposable
{
    const string Name = "lakeaspire.lock";

    readonly FileStream file;

    InstallationLock(FileStream file) => this.file = file;

    /// <exception cref="InstallationException">Another process holds it.</exception>
    public static InstallationLock Take(string folder)
    {
        var path = Path.Combine(folder, Name);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new InstallationException(
                $"The data folder {folder} is in use by another LakeAspire{HolderOf(path)}: stop that one first, or choose another folder with {LakeOption.DataDir.Flag} PATH.");
        }

        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
        file.Flush();
        return new(file);
    }

    public void Dispose() => file.Dispose();

    static string HolderOf(string path)
    {
        try
        {
            // Shared in every way, so that it is not itself refused by the lock.
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadLine() is { Length: > 0 } id ? $" (process {id})" : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
