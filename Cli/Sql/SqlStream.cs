using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli.Sql;

/// <summary>A result passed on as it comes, to standard output or into a file that appears when it is whole.</summary>
internal static class SqlStream
{
    public static async Task CopyAsync(HttpResponseMessage response, FileInfo? output, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (output is null)
        {
            await using var stdout = Console.OpenStandardOutput();
            await CopyAsync(body, stdout, cancellationToken);
        }
        else
        {
            await WriteFileAsync(body, output.FullName, cancellationToken);
        }

        if (response.Headers.Concat(response.TrailingHeaders).Any(header => header.Key == "Lake-Truncated" && header.Value.Contains("true")))
        {
            await Console.Error.WriteLineAsync("lake: the result was cut at the row limit; ask for more with --max-rows, up to what the query service allows");
        }
    }

    /// <summary>Tells a source that broke off from a target that cannot be written.</summary>
    static async Task CopyAsync(Stream source, Stream target, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            int read;
            try
            {
                read = await source.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                throw LakeClient.BrokenOff(Installation.Query, exception);
            }

            if (read == 0)
            {
                return;
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    static async Task WriteFileAsync(Stream body, string path, CancellationToken cancellationToken)
    {
        var aside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            await using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
            {
                await CopyAsync(body, file, cancellationToken);
            }

            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }

        await Console.Error.WriteLineAsync($"({Terminal.Texts.Bytes(new FileInfo(path).Length)} written to {path})");
    }
}
