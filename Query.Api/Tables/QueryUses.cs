using LakeAspire.Query.Expansion;
using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using LakeAspire.Query.Workers;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Engine;
using Lakehouse.Engine.Filters;
using Lakehouse.Formats;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Tables;

/// <summary>Learns what a query needs of its tables: a worker plans it over empty ones, with row filters and views as they will be, but without walls.</summary>
internal sealed class QueryUses(QueryRunner runner, TrustedEngine engine, IOptions<QueryOptions> options)
{
    static readonly TableUse Everything = new(null, null);

    /// <summary>For each table a filter that every row passes which matters to the query; null when all may matter.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="always">Whether to plan even when no file can be left out.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<TableUse>> OfAsync(ExpandedStatement statement, bool always, CancellationToken cancellationToken)
    {
        IReadOnlyList<TableRelation> tables = [.. statement.Tables];
        IReadOnlyList<TableUse> all = [.. tables.Select(_ => Everything)];
        if (!always && !tables.Any(table => table.Opened.HasChoice))
        {
            return all;
        }

        try
        {
            var planning = new QueryPlanning([.. tables.Select(PlanningOf)], RelationName.Lake, Views(statement));
            var order = new PlanOrder { Setup = planning.Setup, Sql = statement.Sql, MemoryLimit = options.Value.MemoryLimit, ProcessMemoryLimit = options.Value.ProcessMemoryLimit };
            var plan = await runner.PlanAsync(order, cancellationToken);
            using var connection = engine.Connect();
            return await planning.ReadAsync(connection, plan, cancellationToken);
        }
        catch (Exception error) when (error is ApiException or LakehouseException or WorkerEndedException && !cancellationToken.IsCancellationRequested)
        {
            // Running the query says what is wrong with it.
            return all;
        }
    }

    static PlanningTable PlanningOf(TableRelation table) =>
        new(table.Name.Schema, table.Name.Name, table.Opened.Schema) { Types = table.Opened.Types, Catalog = table.Name.Catalog, Shape = table.Guard is { } guard ? guard.Planned : null };

    static List<string> Views(ExpandedStatement statement)
    {
        var statements = new List<string>();
        var catalogs = statement.Tables.Select(table => table.Name.Catalog).Append(RelationName.Lake).ToHashSet(StringComparer.Ordinal);
        foreach (var view in statement.Views)
        {
            if (catalogs.Add(view.Name.Catalog))
            {
                statements.Add($"ATTACH ':memory:' AS {SqlText.Identifier(view.Name.Catalog)}");
            }

            var select = ViewSql.Of(view);
            statements.Add($"CREATE SCHEMA IF NOT EXISTS {SqlText.Identifier(view.Name.Catalog, view.Name.Schema)}");
            statements.Add($"CREATE VIEW {view.Name.Sql} AS {(view.Guard is { } guard ? guard.Planned($"({select})") : select)}");
        }

        return statements;
    }
}
