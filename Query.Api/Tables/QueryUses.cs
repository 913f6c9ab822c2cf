using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using LakeAspire.Query.Workers;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Engine.Filters;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Tables;

/// <summary>Learns what a query needs of its tables: a worker plans it over empty ones.</summary>
internal sealed class QueryUses(QueryRunner runner, TrustedEngine engine, IOptions<QueryOptions> options)
{
    /// <summary>For each table a filter that every row passes which matters to the query; null when all may matter.</summary>
    public async Task<IReadOnlyList<Expression?>> OfAsync(ParsedQuery query, IReadOnlyList<QueriedTable> tables, CancellationToken cancellationToken)
    {
        var all = new Expression?[tables.Count];
        if (!tables.Any(table => table.HasChoice))
        {
            return all;
        }

        try
        {
            var planning = new QueryPlanning([.. tables.Select((table, i) => new PlanningTable(query.Tables[i].Namespace, query.Tables[i].Name, table.Schema) { Types = table.Types })]);
            var order = new PlanOrder { Setup = planning.Setup, Sql = query.Sql, MemoryLimit = options.Value.MemoryLimit, ProcessMemoryLimit = options.Value.ProcessMemoryLimit };
            var plan = await runner.PlanAsync(order, cancellationToken);
            using var connection = engine.Connect();
            return [.. (await planning.ReadAsync(connection, plan, cancellationToken)).Select(use => use.Filter)];
        }
        catch (Exception error) when (error is ApiException or LakehouseException or WorkerEndedException && !cancellationToken.IsCancellationRequested)
        {
            // Running the query says what is wrong with it.
            return all;
        }
    }
}
