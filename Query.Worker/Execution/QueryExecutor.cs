using System.Text.Json;
using LakeAspire.Query.Worker.Encoding;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>Runs one order: a fresh locked database, the query, its rows as frames, and the summary or the failure.</summary>
internal static class QueryExecutor
{
    public static async Task RunAsync(QueryOrder order, Func<IReadOnlyList<RelationInput>> inputs, Stream output, CancellationToken cancellationToken)
    {
        try
        {
            var summary = await ExecuteAsync(order, inputs(), output, cancellationToken);
            await Frame.WriteAsync(output, FrameKind.Finished, JsonSerializer.SerializeToUtf8Bytes(summary, ProtocolJson.Default.QuerySummary), CancellationToken.None);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            var failure = Failures.Of(exception, order.Withheld);
            await Frame.WriteAsync(output, FrameKind.Failed, JsonSerializer.SerializeToUtf8Bytes(failure, ProtocolJson.Default.QueryFailure), CancellationToken.None);
        }
    }

    static async Task<QuerySummary> ExecuteAsync(QueryOrder order, IReadOnlyList<RelationInput> inputs, Stream output, CancellationToken cancellationToken)
    {
        using var database = await LockedDatabase.OpenAsync(order, inputs, cancellationToken);
        if (order.ExplainNotes is not null)
        {
            order = order with { Sql = await QueryPlanner.ExplainedAsync(database.Connection, order, cancellationToken) };
        }

        if (order.Format == ResultFormat.Parquet)
        {
            return await ParquetExport.RunAsync(database.Connection, order, output, cancellationToken);
        }

        var sql = await TableTypes.CastedAsync(database.Connection, order.Sql, forParquet: false, cancellationToken);
        await using var result = await database.Connection.QueryAsync(sql, cancellationToken: cancellationToken);
        var buffer = new FrameBuffer(output);
        var writer = RowWriter.Create(order.Format, result.Columns, buffer);
        writer.Begin();
        var summary = await WriteRowsAsync(result, writer, buffer, order, cancellationToken);
        writer.End();
        await buffer.SendAsync(cancellationToken);
        return summary;
    }

    static async Task<QuerySummary> WriteRowsAsync(DuckDbResult result, RowWriter writer, FrameBuffer buffer, QueryOrder order, CancellationToken cancellationToken)
    {
        var rows = 0L;
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    if (rows == order.MaxRows || buffer.Total >= order.MaxBytes)
                    {
                        return new QuerySummary(rows, Truncated: true);
                    }

                    writer.Row(batch, row);
                    rows++;
                    if (buffer.IsFull)
                    {
                        await buffer.SendAsync(cancellationToken);
                    }
                }
            }
        }

        return new QuerySummary(rows, Truncated: false);
    }
}

/// <summary>What a failure is to the caller.</summary>
internal static class Failures
{
    /// <summary>What a failure is, with other words where DuckDB's may quote values.</summary>
    public static QueryFailure Of(Exception exception, string? withheld) =>
        withheld is not null && exception is EngineException { EngineKind: not (EngineErrorKind.Parser or EngineErrorKind.Binder or EngineErrorKind.Catalog) } && Of(exception) is { Kind: FailureKind.Bind }
            ? new QueryFailure(FailureKind.Bind, withheld)
            : Of(exception);

    public static QueryFailure Of(Exception exception) => exception switch
    {
        ViewMismatchException => new QueryFailure(FailureKind.Bind, exception.Message),
        OperationCanceledException => new QueryFailure(FailureKind.Cancelled, "The query was cancelled."),
        ResultTooLargeException => new QueryFailure(FailureKind.Limit, exception.Message),
        EngineException engine => new QueryFailure(Of(engine.EngineKind), engine.Message),
        LakehouseException { Kind: LakehouseErrorKind.Unsupported or LakehouseErrorKind.InvalidData } => new QueryFailure(FailureKind.Bind, exception.Message),
        OutOfMemoryException => new QueryFailure(FailureKind.Limit, "The query needs more memory than it may have."),
        _ => new QueryFailure(FailureKind.Internal, exception.ToString()),
    };

    static FailureKind Of(EngineErrorKind kind) => kind switch
    {
        EngineErrorKind.Parser => FailureKind.Syntax,
        EngineErrorKind.Permission => FailureKind.Denied,
        EngineErrorKind.OutOfMemory => FailureKind.Limit,
        EngineErrorKind.Interrupted => FailureKind.Cancelled,
        EngineErrorKind.InputOutput or EngineErrorKind.Fatal => FailureKind.Internal,
        _ => FailureKind.Bind,
    };
}
