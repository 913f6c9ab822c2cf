using System.Text.Json;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;
using Lakehouse.Engine.Filters;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>Plans queries without running them.</summary>
internal static class QueryPlanner
{
    /// <summary>Plans one over empty tables, in a database of its own: planning computes constants, which is a stranger's work too.</summary>
    public static async Task RunAsync(PlanOrder order, Stream output, CancellationToken cancellationToken)
    {
        try
        {
            var plan = await PlanAsync(order, cancellationToken);
            await Frame.WriteAsync(output, FrameKind.Finished, System.Text.Encoding.UTF8.GetBytes(plan), CancellationToken.None);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            await Frame.WriteAsync(output, FrameKind.Failed, JsonSerializer.SerializeToUtf8Bytes(Failures.Of(exception), ProtocolJson.Default.QueryFailure), CancellationToken.None);
        }
    }

    /// <summary>A SELECT whose rows are the plan of the order's query and the notes.</summary>
    public static async Task<string> ExplainedAsync(DuckDbConnection connection, QueryOrder order, CancellationToken cancellationToken)
    {
        var rows = await PlanRowsAsync(connection, order, cancellationToken);
        rows.AddRange(order.ExplainNotes!.Select(note => $"('files', {SqlText.Literal(note)})"));
        return rows.Count == 0
            ? "SELECT '' AS explain_key, '' AS explain_value WHERE false"
            : $"SELECT * FROM (VALUES {string.Join(", ", rows)}) AS plan(explain_key, explain_value)";
    }

    /// <summary>DuckDB's plan, whose numbers and conditions can tell of hidden rows; it is made in any case, so that what is wrong with the query is said.</summary>
    static async Task<List<string>> PlanRowsAsync(DuckDbConnection connection, QueryOrder order, CancellationToken cancellationToken)
    {
        var rows = new List<string>();
        await using var result = await connection.QueryAsync("EXPLAIN " + order.Sql, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount && order.ShowsPlan; row++)
                {
                    rows.Add($"({Text(batch.Columns[0].Bytes(row))}, {Text(batch.Columns[1].Bytes(row))})");
                }
            }
        }

        return rows;
    }

    static async Task<string> PlanAsync(PlanOrder order, CancellationToken cancellationToken)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1, MemoryLimit = order.MemoryLimit });
        using var connection = database.Connect();
        await connection.ExecuteAsync(order.Setup, cancellationToken: cancellationToken);
        await connection.ExecuteAsync("SET enable_external_access = false; SET lock_configuration = true", cancellationToken: cancellationToken);
        return await QueryPlanning.ExplainAsync(connection, order.Sql, cancellationToken);
    }

    static string Text(ReadOnlySpan<byte> utf8) => SqlText.Literal(System.Text.Encoding.UTF8.GetString(utf8).Replace("\0", "", StringComparison.Ordinal));
}
