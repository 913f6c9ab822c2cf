using System.CommandLine;

namespace LakeAspire.Cli.Installations;

/// <summary>The options by which every command finds its installation.</summary>
internal static class InstallationOptions
{
    static readonly Option<DirectoryInfo?> DataDir = new("--data-dir") { Description = "Data folder of the installation. Default: .lake in this folder or one above it.", Recursive = true };
    static readonly Option<string?> Url = new("--url") { Description = "Address of the installation's portal, for instance http://127.0.0.1:5080. Also LAKE_URL.", Recursive = true };
    static readonly Option<FileInfo?> KeyFile = new("--key-file") { Description = "File with the key.", Recursive = true };
    static readonly Option<string?> Key = new("--key") { Description = "The key. Others can see it in the list of processes: better LAKE_KEY or --key-file.", Recursive = true };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(DataDir);
        root.Options.Add(Url);
        root.Options.Add(KeyFile);
        root.Options.Add(Key);
    }

    /// <summary>An option outweighs the environment, the environment outweighs what lies in the folders.</summary>
    public static async Task<Installation> FindAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var dataDir = parsed.GetValue(DataDir);
        var text = parsed.GetValue(Url);
        if (dataDir is not null && text is not null)
        {
            throw new CliException(ExitCodes.Usage, "--data-dir and --url name two installations; give one of them.");
        }

        Uri? url = null;
        if (dataDir is null && (text ?? Environment.GetEnvironmentVariable("LAKE_URL")) is { Length: > 0 } address
            && !(Uri.TryCreate(address, UriKind.Absolute, out url) && url.Scheme is "http" or "https"))
        {
            throw new CliException(ExitCodes.Usage, "--url (or LAKE_URL) is the address of a portal, for instance http://127.0.0.1:5080.");
        }

        var key = await KeyAsync(parsed, cancellationToken);
        return url is not null
            ? await RemoteInstallation.FindAsync(url, key ?? throw new CliException(ExitCodes.NotAuthorised, "A key is needed for --url: set LAKE_KEY, or give --key-file."), cancellationToken)
            : await LocalInstallation.FindAsync(dataDir, key, cancellationToken);
    }

    static async Task<string?> KeyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Key) is { Length: > 0 } key)
        {
            return key;
        }

        if (parsed.GetValue(KeyFile) is { } file)
        {
            return await LocalInstallation.ReadKeyAsync(file.FullName, cancellationToken);
        }

        return Environment.GetEnvironmentVariable("LAKE_KEY") is { Length: > 0 } text ? text : null;
    }
}
