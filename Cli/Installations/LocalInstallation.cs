using System.Text.Json;
using LakeAspire.Cli.Calls;

namespace LakeAspire.Cli.Installations;

/// <summary>An installation on this machine: its data folder tells where it is and has the key.</summary>
internal static class LocalInstallation
{
    const string DefaultFolder = ".lake";
    const string EndpointsFile = "endpoints.json";

    public static async Task<Installation> FindAsync(DirectoryInfo? named, string? key, CancellationToken cancellationToken)
    {
        var folder = named?.FullName ?? Above(Environment.CurrentDirectory)
            ?? throw new CliException(ExitCodes.NotReachable, $"There is no installation here: no {DefaultFolder} folder in this folder or above it. Start LakeAspire, or name one by --data-dir or --url.");
        var file = Path.Combine(folder, EndpointsFile);
        if (!File.Exists(file))
        {
            throw new CliException(ExitCodes.NotReachable, $"There is no installation in {folder}: it has no {EndpointsFile}. Start LakeAspire with this data folder, or name another.");
        }

        return new Installation(
            await ReadEndpointsAsync(file, cancellationToken), key ?? await ReadKeyAsync(Path.Combine(folder, "secrets", "user.key"), cancellationToken), file);
    }

    public static async Task<string> ReadKeyAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var key = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
            return key.Length > 0 ? key : throw new CliException(ExitCodes.NotAuthorised, $"The key file {file} is empty.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.NotAuthorised, $"The key file {file} cannot be read ({exception.GetType().Name}): run this as the user who started LakeAspire, or set LAKE_KEY.", exception);
        }
    }

    static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            var candidate = Path.Combine(at.FullName, DefaultFolder);
            if (File.Exists(Path.Combine(candidate, EndpointsFile)))
            {
                return candidate;
            }
        }

        return null;
    }

    static async Task<Dictionary<string, Uri>> ReadEndpointsAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            return EndpointMap.Of(await JsonSerializer.DeserializeAsync(stream, CliJson.Default.DictionaryStringString, cancellationToken));
        }
        catch (JsonException exception)
        {
            throw new CliException(ExitCodes.NotReachable, $"{file} is not as LakeAspire writes it; start LakeAspire again.", exception);
        }
    }
}
