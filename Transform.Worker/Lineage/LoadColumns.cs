using System.Runtime.CompilerServices;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Lineage;
using Lakehouse.Rules.Contracts;

namespace LakeAspire.Transform.Lineage;

/// <summary>What the columns of a stream's table are made of: fields of its events, by the stream's contract. A column that follows from the file, as its name or the line, is made of no field.</summary>
internal sealed class LoadColumns
{
    /// <summary>The columns before an expression, as a table for its SQL.</summary>
    static readonly LineageTable Before = new("main", "event");

    readonly ConditionalWeakTable<StreamContract, ModelLineage> known = [];

    /// <summary>The columns of a contract's table; sources are fields of the dataset <paramref name="stream"/>.</summary>
    public async Task<ModelLineage> OfAsync(StreamContract contract, LineageTable stream, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(contract, out var found))
        {
            return found;
        }

        var columns = new List<ColumnSources>();
        foreach (var column in contract.Columns.Where(c => c.Origin is not ExpressionOrigin))
        {
            columns.Add(column.Origin switch
            {
                FieldOrigin field => new ColumnSources(column.Name, [Source(stream, field, new Transformation(IsDirect: true, column.Format is null ? "IDENTITY" : "TRANSFORMATION"))], Untraced: null),
                EventOrigin => new ColumnSources(column.Name, [], "it is the whole event, whatever its fields are"),
                _ => new ColumnSources(column.Name, [], Untraced: null),
            });
        }

        if (contract.Columns.Any(c => c.Origin is ExpressionOrigin))
        {
            await AddExpressionsAsync(contract, columns, cancellationToken);
        }

        // Events that lack a required field, or that have a value of another type, go to the quarantine.
        var deciding = contract.Columns.Where(c => c.Origin is FieldOrigin && (c.Required || c.Type != IcebergType.String))
            .Select(c => Source(stream, (FieldOrigin)c.Origin, new Transformation(IsDirect: false, "FILTER"))).DistinctBy(s => s.Column);
        var order = contract.Columns.Select(c => c.Name).ToList();
        var lineage = new ModelLineage([stream], [.. columns.OrderBy(c => order.IndexOf(c.Name))], [.. deciding.OrderBy(s => s.Column.Column, StringComparer.Ordinal)]);
        known.AddOrUpdate(contract, lineage);
        return lineage;
    }

    /// <summary>Expressions are over the columns before them: what these are made of, they are made of.</summary>
    static async Task AddExpressionsAsync(StreamContract contract, List<ColumnSources> columns, CancellationToken cancellationToken)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        var types = contract.Columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        foreach (var column in contract.Columns.Where(c => c.Origin is ExpressionOrigin))
        {
            var before = columns.Select(c => $"{SqlText.Identifier(c.Name)} {SqlTypes.Of(types[c.Name])}");
            try
            {
                await connection.ExecuteAsync($"CREATE OR REPLACE TABLE {Before.Namespace}.{Before.Name} ({string.Join(", ", before)})", cancellationToken: cancellationToken);
                var traced = await LineageTracer.TraceAsync(connection, $"SELECT ({((ExpressionOrigin)column.Origin).Sql}) AS {SqlText.Identifier(column.Name)} FROM {Before.Namespace}.{Before.Name}", cancellationToken);
                columns.Add(Through(traced.Columns[0] with { Name = column.Name }, columns));
            }
            catch (EngineException)
            {
                columns.Add(new ColumnSources(column.Name, [], "its expression cannot be read on its own"));
            }
        }
    }

    static ColumnSources Through(ColumnSources traced, List<ColumnSources> columns)
    {
        var sources = new Dictionary<LineageColumn, HashSet<Transformation>>();
        var untraced = traced.Untraced;
        foreach (var source in traced.Sources)
        {
            var made = columns.First(c => c.Name.Equals(source.Column.Column, StringComparison.OrdinalIgnoreCase));
            untraced ??= made.Untraced;
            foreach (var origin in made.Sources)
            {
                (sources.TryGetValue(origin.Column, out var how) ? how : sources[origin.Column] = [])
                    .UnionWith(source.Transformations.Select(t => t.Subtype == "IDENTITY" ? origin.Transformations[0] : t));
            }
        }

        return new ColumnSources(traced.Name, [.. sources.OrderBy(s => s.Key.Column, StringComparer.Ordinal).Select(s => new ColumnSource(s.Key, [.. s.Value]))], untraced);
    }

    static ColumnSource Source(LineageTable stream, FieldOrigin field, Transformation how) => new(new LineageColumn(stream, field.ToString()), [how]);
}
