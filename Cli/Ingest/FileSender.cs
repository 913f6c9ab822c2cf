using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli.Ingest;

/// <summary>Sends a file as it is. The name makes a repetition harmless, so that whatever may pass is tried again.</summary>
internal sealed class FileSender(LakeClient client, string stream)
{
    const int Attempts = 5;
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(300);

    /// <param name="file">The file.</param>
    /// <param name="progress">Told how many bytes of it have been sent.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CliException">The key is not accepted: no other file will fare better.</exception>
    public async Task<SentFile> SendAsync(FileInfo file, Action<long> progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await PutAsync(file, progress, cancellationToken);
                return new SentFile(file.ToString(), answer.Stream, true, answer.Id, answer.Accepted, answer.Quarantined, answer.Bytes, answer.Duplicate, null);
            }
            catch (CliException exception) when (exception.ExitCode == ExitCodes.NotReachable && attempt < Attempts)
            {
                await Task.Delay(FirstPause * Math.Pow(2, attempt - 1) * (0.75 + (Random.Shared.NextDouble() / 2)), cancellationToken);
            }
            catch (CliException exception) when (exception.ExitCode == ExitCodes.Failed)
            {
                return new SentFile(file.ToString(), stream, false, null, null, null, null, null, exception.Message);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return new SentFile(file.ToString(), stream, false, null, null, null, null, null, exception.Message);
            }
        }
    }

    async Task<ReceivedFile> PutAsync(FileInfo file, Action<long> progress, CancellationToken cancellationToken)
    {
        await using var source = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"streams/{Uri.EscapeDataString(stream)}/files/{Uri.EscapeDataString(file.Name)}", UriKind.Relative))
        {
            Content = new MeteredContent(source, progress),
        };
        return await client.SendAsync(Installation.Ingest, request, CliJson.Default.ReceivedFile, cancellationToken);
    }
}
