using System.Security.Cryptography;

namespace LakeAspire.AppHost.Installation;

/// <summary>A random secret in a file that its owner alone can read: made once, kept for ever.</summary>
internal static class SecretFile
{
    const int Bytes = 24;

    public static string ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            // Written aside, so that a start that is cut short leaves no half of a secret behind.
            var aside = $"{path}.{Guid.NewGuid():N}";
            using (var writer = new StreamWriter(aside, options))
            {
                writer.WriteLine(RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true));
            }

            File.Move(aside, path);
        }

        return File.ReadAllText(path).Trim();
    }
}

/// <summary>A folder that its owner alone can enter.</summary>
internal static class PrivateFolder
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The same for a folder that may be there already, and then stays as it is. One of root's can be passed through, though not read, since PostgreSQL runs as another user then.</summary>
    public static void CreateRoot(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, Environment.IsPrivilegedProcess ? Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : Owner);
        }
    }

    public static void Create(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Owner);
        }
    }
}
