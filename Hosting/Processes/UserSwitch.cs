using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Aspire.Hosting;

namespace LakeAspire.Hosting.Processes;

/// <summary>Running programs as another user than root.</summary>
internal static class UserSwitch
{
    /// <summary>Whether this process runs as root.</summary>
    public static bool IsRoot => !OperatingSystem.IsWindows() && GetEffectiveUserId() == 0;

    /// <summary>Whether programs can be run as another user: by <c>setpriv</c> of util-linux.</summary>
    public static bool IsPossible => CommandLine.IsInPath("setpriv");

    /// <summary>The first of the users that the system knows.</summary>
    public static UnixUser? Find(params ReadOnlySpan<string> names)
    {
        var known = File.Exists("/etc/passwd") ? File.ReadAllLines("/etc/passwd") : [];
        foreach (var name in names)
        {
            foreach (var fields in known.Select(line => line.Split(':')).Where(f => f.Length > 3 && f[0] == name))
            {
                if (uint.TryParse(fields[2], CultureInfo.InvariantCulture, out var user) && uint.TryParse(fields[3], CultureInfo.InvariantCulture, out var group))
                {
                    return new UnixUser(name, user, group);
                }
            }
        }

        return null;
    }

    /// <summary>What to put before a command to run it under another user.</summary>
    public static IReadOnlyList<string> Prefix(UnixUser user) => ["setpriv", $"--reuid={user.UserId}", $"--regid={user.GroupId}", "--clear-groups", "--"];

    /// <summary>The owner of a file, or null if it does not exist.</summary>
    public static (uint User, uint Group)? OwnerOf(string path)
    {
        var output = Run("stat", ["-c", "%u %g", "--", path]) ?? "";
        var numbers = output.Split(' ', StringSplitOptions.TrimEntries);
        return numbers.Length == 2 && uint.TryParse(numbers[0], CultureInfo.InvariantCulture, out var user) && uint.TryParse(numbers[1], CultureInfo.InvariantCulture, out var group) ? (user, group) : null;
    }

    /// <summary>Hands a file or folder to a user.</summary>
    public static void Give(string path, UnixUser user)
    {
        if (ChangeOwner(Encoding.UTF8.GetBytes(path + '\0'), user.UserId, user.GroupId) != 0)
        {
            throw new DistributedApplicationException($"Cannot hand {path} to the user {user.Name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }
    }

    /// <summary>Whether a user passes a test of the <c>test</c> command on a path.</summary>
    public static bool Can(UnixUser user, char test, string path)
    {
        var words = Prefix(user);
        return Run(words[0], [.. words.Skip(1), "test", $"-{test}", path]) is not null;
    }

    /// <summary>The output of a short command, or null if it fails.</summary>
    static string? Run(string file, IEnumerable<string> arguments)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(file, arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/",
            })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern uint GetEffectiveUserId();

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int ChangeOwner(byte[] path, uint user, uint group);
}
