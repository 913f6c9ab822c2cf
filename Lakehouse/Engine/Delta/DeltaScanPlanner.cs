using Lakehouse.Engine.Filters;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Skipping;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Delta;

/// <summary>Finds the files of a Delta table that a filter needs.</summary>
public static class DeltaScanPlanner
{
    /// <summary>
    /// The files of which some row may pass a filter: by statistics and partition values, in the terms that conditions can be brought to; and what asks for partition columns alone, in any terms, by the engine over the
    /// values of the partitions.
    /// </summary>
    /// <param name="connection">A trusted connection.</param>
    /// <param name="snapshot">The version.</param>
    /// <param name="where">The filter in DuckDB's SQL, not a stranger's: its constants are computed. Null keeps all files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<IReadOnlyList<DeltaFile>> PlanAsync(DuckDbConnection connection, DeltaSnapshot snapshot, string? where, CancellationToken cancellationToken = default)
    {
        if (where is null || snapshot.Schema.Fields.Count == 0)
        {
            return [.. snapshot.Files];
        }

        var schema = DeltaFileFilter.SchemaOf(snapshot);
        var parsed = await SqlFilter.ParseAsync(connection, where, schema, cancellationToken) ?? Expression.True;
        var pushed = await PushedAsync(schema, where, cancellationToken) ?? Expression.True;
        var conditions = await WhereConditions.ParseAsync(connection, where, cancellationToken);
        var files = new DeltaFileFilter(snapshot, Expression.AllOf([parsed, pushed, conditions.NotNull])).Select();
        return await PartitionConditions.SelectAsync(connection, snapshot, files, conditions, cancellationToken);
    }

    /// <summary>What the optimizer makes of the filter; null when it does not take it, for instance for a metadata column in it.</summary>
    static async Task<Expression?> PushedAsync(Schema schema, string where, CancellationToken cancellationToken)
    {
        try
        {
            var uses = await new QueryPlanning([new PlanningTable("main", "t", schema)]).PlanAsync($"SELECT 1 FROM main.t WHERE {where}", cancellationToken);
            return uses.Count == 1 ? uses[0].Filter : null;
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            return null;
        }
    }
}
