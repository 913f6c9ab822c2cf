using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using LakeAspire.AppHost.Options;

namespace LakeAspire.AppHost.Installation;

/// <summary>
/// A data folder and what it holds: <c>warehouse</c> and <c>landing</c> (the data), <c>postgres</c> (the catalog), <c>scratch</c> (emptied at each start), <c>secrets</c> (keys, for the owner alone),
/// <c>logs</c>, and <c>endpoints.json</c> while it runs. With an object store, that holds the data, and <c>cache</c> what was read of it. It belongs to one process at a time.
/// </summary>
internal sealed class LakeInstallation : IDisposable
{
    public const string EndpointsFileName = "endpoints.json";

    const string StoreFileName = "store.location";

    InstallationLock? held;
    StoreOption? store;

    LakeInstallation(LakeOptions options)
    {
        Options = options;
        Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataDir ?? Path.Combine(RepositoryRoot() ?? Directory.GetCurrentDirectory(), ".lake")));
    }

    public LakeOptions Options { get; }

    public string Folder { get; }

    public string[] HostArguments => [.. Options.HostArguments];

    public string Warehouse => DataOf("warehouse");

    public string Landing => DataOf("landing");

    /// <summary>Where landing and warehouse lie, if not in the data folder.</summary>
    public StoreOption? Store => store ?? Options.Store;

    /// <summary>Files of the store, kept for reading.</summary>
    public string Cache => Below("cache");

    public string CacheBytes => (Options.StoreCache << 30).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public string Scratch => Below("scratch");

    public string PortalKeys => Path.Combine(Below("secrets"), "portal-keys");

    public string PostgresFolder => Below("postgres");

    public string LogFolder => Below("logs");

    public string ServiceKey => Secret("service.key");

    public string UserKey => Secret("user.key");

    public string PostgresPassword => Secret("postgres.key");

    /// <summary>A name for folders outside of this one that belong to it.</summary>
    public string Id => Secret("installation.id");

    /// <summary>Folder of the sample's pipeline project; null without a sample.</summary>
    public string? SampleProject => Options.Sample is { } sample && RepositoryRoot() is { } root ? Path.Combine(root, "samples", sample) : null;

    public string SampleEvents => Options.SampleEvents.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads the options and takes the data folder; says what is wrong in one line otherwise.</summary>
    public static bool TryOpen(string[] args, [NotNullWhen(true)] out LakeInstallation? lake, out int exitCode)
    {
        (lake, exitCode) = (null, 0);
        try
        {
            var options = LakeOptions.Read(args, Environment.GetEnvironmentVariable);
            if (options.Help)
            {
                Console.Out.Write(HelpText.Create());
                return false;
            }

            lake = new LakeInstallation(options);
            if (!options.IsPublish)
            {
                lake.Open();
            }

            return true;
        }
        catch (Exception error) when (error is OptionException or InstallationException)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            (lake, exitCode) = (null, 1);
            return false;
        }
    }

    public int? Port(LakePort port) => Options.BasePort == 0 || port == LakePort.Free ? null : Options.BasePort + (int)port;

    public void Dispose()
    {
        if (held is not null)
        {
            File.Delete(Below(EndpointsFileName));
            held.Dispose();
        }
    }

    /// <exception cref="InstallationException">It cannot be written, or another process has it.</exception>
    void Open()
    {
        try
        {
            PrivateFolder.CreateRoot(Folder);
            held = InstallationLock.Take(Folder);
            File.Delete(Below(EndpointsFileName));
            PrivateFolder.Create(Below("secrets"));
            PrivateFolder.Create(LogFolder);
            if (Directory.Exists(Scratch))
            {
                Directory.Delete(Scratch, recursive: true);
            }

            store = RememberStore();
            foreach (var folder in (ReadOnlySpan<string>)(store is null ? ["warehouse", "landing", "scratch"] : ["cache", "scratch"]))
            {
                PrivateFolder.Create(Below(folder));
            }

            // All are made now, so that a folder that cannot keep them is found now.
            _ = (ServiceKey, UserKey, PostgresPassword, Id);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new InstallationException($"The data folder {Folder} cannot be written ({error.Message.TrimEnd('.')}): let this user write there, or choose another with {LakeOption.DataDir.Flag} PATH.");
        }
    }

    string Below(string name) => Path.Combine(Folder, name);

    string DataOf(string name) => Store is { } remote ? $"{remote.Location}/{name}" : new Uri(Below(name)).AbsoluteUri;

    /// <summary>An installation stays with the store that it began with: its catalog names the files there.</summary>
    /// <exception cref="InstallationException">Another one was asked for.</exception>
    StoreOption? RememberStore()
    {
        var file = Below(StoreFileName);
        var known = File.Exists(file) ? File.ReadAllText(file).Trim() : Directory.Exists(Below("warehouse")) ? "" : null;
        if (known is null)
        {
            File.WriteAllText(file, $"{Options.Store?.Location}\n");
            return Options.Store;
        }

        if (Options.Store is { } asked && asked.Location != known)
        {
            held?.Dispose();
            throw new InstallationException(
                $"The data folder {Folder} belongs to an installation that keeps its data in {(known.Length > 0 ? known : "that folder")}, not in {asked.Location}: leave {LakeOption.Store.Flag} out, or choose another folder with {LakeOption.DataDir.Flag} PATH.");
        }

        return known.Length > 0 ? new StoreOption(known) : null;
    }

    string Secret(string name) => SecretFile.ReadOrCreate(Path.Combine(Below("secrets"), name));

    /// <summary>The repository that this program was built from, while it is there.</summary>
    static string? RepositoryRoot()
    {
        var root = typeof(LakeInstallation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "RepositoryRoot")?.Value;
        return Directory.Exists(root) ? Path.TrimEndingDirectorySeparator(root) : null;
    }
}

/// <summary>The data folder cannot be used; the message is one line.</summary>
internal sealed class InstallationException(string message) : Exception(message);
