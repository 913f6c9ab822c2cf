using Aspire.Hosting;
using LakeAspire.Hosting.Processes;

namespace LakeAspire.Hosting.Postgres;

/// <summary>Where a server's programs and data are, and which user it runs as (null: this one).</summary>
internal sealed record PostgresPlacement(string Programs, string Data, UnixUser? User)
{
    public const string VersionFile = "PG_VERSION";

    public string Program(string name) => Path.Combine(Programs, "bin", OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>
    /// PostgreSQL refuses to run as root. Root therefore runs it as the owner of the data if there is any, else as <c>postgres</c>, else as <c>nobody</c>;
    /// and where that user can't enter the folders, others take their place, which <paramref name="notice"/> is told.
    /// </summary>
    /// <exception cref="DistributedApplicationException">There is no such user or place.</exception>
    public static PostgresPlacement Choose(string programs, string data, FallbackFolders fallback, string installationId, Action<string> notice)
    {
        if (!UserSwitch.IsRoot)
        {
            return new(programs, data, User: null);
        }

        if (!UserSwitch.IsPossible)
        {
            throw new DistributedApplicationException("PostgreSQL refuses to run as root, and there is no setpriv to run it as another user: install util-linux, or run as an ordinary user.");
        }

        var elsewhere = Path.Combine(fallback.Data, installationId, Path.GetFileName(data));
        var existing = new[] { data, elsewhere }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, VersionFile)));
        var user = UserFor(existing);
        if (existing is not null && !UserSwitch.Can(user, 'x', existing))
        {
            throw new DistributedApplicationException(
                $"PostgreSQL runs as the user {user.Name}, who cannot enter the folder of its data, {existing}: let others enter the folders above it (chmod o+x), or run as {user.Name}.");
        }

        if (existing is null && !UserSwitch.Can(user, 'x', CreateFolder(Path.GetDirectoryName(data)!)))
        {
            existing = elsewhere;
            CreateFolder(Path.GetDirectoryName(elsewhere)!);
        }

        if (existing == elsewhere)
        {
            notice($"PostgreSQL runs as the user {user.Name}, who cannot enter {Path.GetDirectoryName(data)}; its data is in {elsewhere}");
        }

        return new(ReachablePrograms(programs, fallback.Programs, user, notice), existing ?? data, user);
    }

    static UnixUser UserFor(string? existing)
    {
        if (existing is not null && UserSwitch.OwnerOf(existing) is { User: not 0 } owner)
        {
            return new($"with the id {owner.User}", owner.User, owner.Group);
        }

        return UserSwitch.Find("postgres", "nobody")
            ?? throw new DistributedApplicationException("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody: run as an ordinary user, or create one of them.");
    }

    static string ReachablePrograms(string programs, string fallback, UnixUser user, Action<string> notice)
    {
        if (UserSwitch.Can(user, 'x', Path.Combine(programs, "bin", "postgres")))
        {
            return programs;
        }

        // The folder's name holds version and platform; a copy is whole or absent.
        var copy = Path.Combine(fallback, "postgresql", Path.GetFileName(programs));
        notice($"PostgreSQL runs as the user {user.Name}, who cannot enter {programs}; a copy of its programs is in {copy}");
        if (!Directory.Exists(copy))
        {
            CreateFolder(Path.GetDirectoryName(copy)!);
            var stage = $"{copy}.tmp-{Guid.NewGuid():N}";
            Copy(programs, stage);
            Directory.Move(stage, copy);
        }

        return copy;
    }

    static void Copy(string from, string to)
    {
        CreateFolder(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
            }
            else if (entry is DirectoryInfo)
            {
                Copy(entry.FullName, target);
            }
            else
            {
                File.Copy(entry.FullName, target);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(target, File.GetUnixFileMode(entry.FullName) | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                }
            }
        }
    }

    static string CreateFolder(string path)
    {
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows() ? Directory.CreateDirectory(path).FullName : Directory.CreateDirectory(path, open).FullName;
    }
}
