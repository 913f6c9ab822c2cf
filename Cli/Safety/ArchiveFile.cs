using LakeAspire.Cli.Calls;

namespace LakeAspire.Cli.Safety;

/// <summary>An archive of <c>lake backup</c> as a file to send.</summary>
internal static class ArchiveFile
{
    /// <exception cref="CliException">It cannot be read.</exception>
    public static FileStream Open(FileInfo file)
    {
        try
        {
            return new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"{file.FullName} cannot be read: {exception.Message}", exception);
        }
    }
}
