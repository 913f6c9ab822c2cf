using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>A result as a Parquet file: written to the query's own folder, whose size is watched, and sent from there.</summary>
internal static class ParquetExport
{
    static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(100);

    public static string FolderOf(QueryOrder order) => Path.Combine(order.Folder, "result");

    public static async Task<QuerySummary> RunAsync(DuckDbConnection connection, QueryOrder order, Stream output, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(FolderOf(order));
        var file = Path.Combine(FolderOf(order), "result.parquet");
        var select = await TableTypes.CastedAsync(connection, order.Sql, forParquet: true, cancellationToken);
        var copy = $"COPY (SELECT * FROM (\n{select}\n) LIMIT {SqlText.Literal(order.MaxRows)}) TO {SqlText.Literal(file)} (FORMAT parquet, COMPRESSION zstd)";
        var rows = await CopyAsync(connection, copy, file, order.MaxBytes, cancellationToken);

        // As many rows as may be: whether there is one more only the query can tell.
        var truncated = rows == order.MaxRows
            && await connection.ScalarAsync<long>($"SELECT count(*) FROM (SELECT 1 FROM (\n{select}\n) LIMIT 1 OFFSET {SqlText.Literal(rows)})", cancellationToken: cancellationToken) > 0;
        await SendAsync(file, output, cancellationToken);
        return new QuerySummary(rows, truncated);
    }

    static async Task<long> CopyAsync(DuckDbConnection connection, string copy, string file, long maxBytes, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var copying = connection.ExecuteAsync(copy, cancellationToken: stop.Token);
        while (await Task.WhenAny(copying, Task.Delay(Watch, cancellationToken)) != copying)
        {
            if (File.Exists(file) && new FileInfo(file).Length > maxBytes)
            {
                await stop.CancelAsync();
            }
        }

        try
        {
            var rows = await copying;
            return new FileInfo(file).Length <= maxBytes ? rows : throw new ResultTooLargeException(maxBytes);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ResultTooLargeException(maxBytes);
        }
    }

    static async Task SendAsync(string path, Stream output, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });
        var buffer = new FrameBuffer(output);
        int read;
        while ((read = await file.ReadAsync(buffer.GetMemory(64 << 10), cancellationToken)) > 0)
        {
            buffer.Advance(read);
            await buffer.SendAsync(cancellationToken);
        }
    }
}

/// <summary>A Parquet file cannot be cut: one beyond the limit is refused.</summary>
internal sealed class ResultTooLargeException(long maxBytes) : Exception($"The result is larger than {maxBytes} bytes; select less, or ask for a format that can be cut.");
