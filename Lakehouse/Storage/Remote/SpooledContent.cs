using Lakehouse.Formats;

namespace Lakehouse.Storage.Remote;

/// <summary>Content that has to be sent in one piece and does not fit into memory: a temporary file that has no name where the system allows that, so that no killed process leaves one behind.</summary>
internal static class SpooledContent
{
    const int CopyBuffer = 256 * 1024;

    /// <param name="beginning">What was read already.</param>
    /// <param name="rest">What follows.</param>
    /// <param name="limit">The most bytes that the store takes in one piece.</param>
    /// <param name="location">For errors.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<Stream> CreateAsync(ArraySegment<byte> beginning, Stream rest, long limit, string location, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"lakeaspire-put-{Guid.NewGuid():N}");
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        });
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }

            await WriteAsync(file, beginning, location, cancellationToken);
            var buffer = new byte[CopyBuffer];
            int read;
            while ((read = await rest.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (file.Length + read > limit)
                {
                    throw LakehouseException.Unsupported($"'{location}' is put on condition in one piece, which can't be larger than {limit} bytes");
                }

                await WriteAsync(file, buffer.AsMemory(0, read), location, cancellationToken);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Failures of the content are the caller's and pass as they are; those of the file become the store's.</summary>
    static async Task WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, string location, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException e)
        {
            throw DiskSpace.IsExhausted(e)
                ? new StoreFullException($"no space is left in {Path.GetTempPath()} for '{location}', which is put in one piece", e)
                : new LakehouseException(LakehouseErrorKind.Unavailable, $"'{location}' could not be kept aside: {e.Message}", e);
        }
    }
}
