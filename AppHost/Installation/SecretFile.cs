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
    public static void Create(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
