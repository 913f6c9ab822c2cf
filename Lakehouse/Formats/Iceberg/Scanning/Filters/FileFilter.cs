using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// A filter over the rows of a table, asked of files and manifests by their partitions and statistics (specification, "Scan Planning"). What statistics don't show (a column that the schema lacks, NaN that nobody counted, values that
/// an engine rounds before it compares) rules nothing out.
/// </summary>
public sealed class FileFilter
{
    private readonly TableMetadata metadata;
    private readonly Dictionary<int, PartitionFilter> partitions = [];
    private readonly Lock gate = new();

    /// <summary>A filter in terms of a schema's columns.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="schema">The schema whose names the filter uses; null = the current one.</param>
    public FileFilter(Expression filter, TableMetadata metadata, Schema? schema = null)
    {
        this.metadata = metadata;
        Bound = FilterBinder.Bind(filter, schema ?? metadata.CurrentSchema);
        if (NameMapping.Of(metadata) is { } mapping)
        {
            Bound = Known(Bound, [.. Ids(mapping.Fields)]);
        }
    }

    internal BoundExpression Bound { get; }

    /// <summary>Whether some row of a data file may pass: false is certain.</summary>
    public bool MayPass(DataFile file) => file.RecordCount > 0 && MayPass(Bound, file, PartitionsOf(file.SpecId));

    /// <summary>Whether every row of a data file passes: true is certain. Deleted rows count as rows.</summary>
    public bool AllPass(DataFile file) => AllPass(Bound, file, PartitionsOf(file.SpecId));

    /// <summary>Whether some row of a manifest's files may pass, by the summaries of their partitions: false is certain.</summary>
    public bool MayPass(ManifestFile manifest) =>
        manifest.Partitions is not { } summaries || PartitionsOf(manifest.PartitionSpecId) is not { } spec ? Bound is not BoundAlways(false) : spec.MayPass(Bound, summaries);

    /// <summary>A column that a name mapping leaves out reads as null from files without field ids, whatever their statistics say of it.</summary>
    private static BoundExpression Known(BoundExpression filter, HashSet<int> mapped) => filter switch
    {
        BoundAnd(var operands) => new BoundAnd([.. operands.Select(operand => Known(operand, mapped))]),
        BoundOr(var operands) => new BoundOr([.. operands.Select(operand => Known(operand, mapped))]),
        BoundPredicate predicate when !mapped.Contains(predicate.Field.Id) => new BoundUnknown(),
        _ => filter,
    };

    private static IEnumerable<int> Ids(IEnumerable<MappedField> fields) => fields.SelectMany(field => Ids(field.Nested.Fields).Concat(field.FieldId is { } id ? [id] : []));

    /// <summary>The partitions of a spec; null when the table has no such spec.</summary>
    internal PartitionFilter? PartitionsOf(int specId)
    {
        lock (gate)
        {
            if (!partitions.TryGetValue(specId, out var found) && metadata.SpecById(specId) is { } spec)
            {
                partitions[specId] = found = new PartitionFilter(spec, spec.ResultTypes(metadata.SchemasByAge()));
            }

            return found;
        }
    }

    private static bool MayPass(BoundExpression filter, DataFile file, PartitionFilter? partition) => filter switch
    {
        BoundAlways(var value) => value,
        BoundAnd(var operands) => operands.All(operand => MayPass(operand, file, partition)),
        BoundOr(var operands) => operands.Any(operand => MayPass(operand, file, partition)),
        BoundPredicate predicate => partition?.MayPass(predicate, file.Partition) != false && PredicateEvaluator.MayPass(predicate, FactsOf(predicate.Field, file)),
        _ => true,
    };

    private static bool AllPass(BoundExpression filter, DataFile file, PartitionFilter? partition) => filter switch
    {
        BoundAlways(var value) => value,
        BoundAnd(var operands) => operands.All(operand => AllPass(operand, file, partition)),
        BoundOr(var operands) => operands.Any(operand => AllPass(operand, file, partition)),
        BoundPredicate predicate => partition?.AllPass(predicate, file.Partition) == true || PredicateEvaluator.AllPass(predicate, FactsOf(predicate.Field, file)),
        _ => false,
    };

    private static ColumnFacts FactsOf(BoundField field, DataFile file)
    {
        var facts = default(ColumnFacts);
        facts.SetCounts(field, file.RecordCount, Of(file.ValueCounts, field.Id), Of(file.NullValueCounts, field.Id), Of(file.NanValueCounts, field.Id));
        byte[]? lower = null, upper = null;
        file.LowerBounds?.TryGetValue(field.Id, out lower);
        file.UpperBounds?.TryGetValue(field.Id, out upper);
        facts.SetBounds(field, lower is not null, lower, upper is not null, upper);
        return facts;
    }

    private static long? Of(IReadOnlyDictionary<int, long>? counts, int id) => counts is not null && counts.TryGetValue(id, out var count) ? count : null;
}
