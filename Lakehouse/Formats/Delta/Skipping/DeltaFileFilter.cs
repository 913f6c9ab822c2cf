using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Skipping;

/// <summary>
/// A filter over the rows of a Delta table, asked of its files by their partition values and statistics. What those don't show rules nothing out: NaN that a writer left out of its bounds, texts and timestamps that were
/// cut, counts of files with deleted rows.
/// </summary>
public sealed class DeltaFileFilter
{
    readonly DeltaSnapshot snapshot;
    readonly BoundExpression bound;
    readonly FilterSchema schema;
    readonly StatisticsTree tree = new();
    readonly Dictionary<int, FilteredColumn> columns = [];
    readonly HashSet<string> partitions;

    /// <summary>A filter in terms of the table's columns.</summary>
    public DeltaFileFilter(DeltaSnapshot snapshot, Expression filter)
    {
        this.snapshot = snapshot;
        partitions = [.. snapshot.PartitionColumns.Select(column => column.Name)];
        schema = new FilterSchema(snapshot);
        bound = FilterBinder.Bind(filter, schema.Schema);
        Collect(bound);
    }

    /// <summary>The columns of a table in the types that filters are bound to.</summary>
    public static Schema SchemaOf(DeltaSnapshot snapshot) => new FilterSchema(snapshot).Schema;

    /// <summary>The files of which some row may pass.</summary>
    public IReadOnlyList<DeltaFile> Select()
    {
        var selected = new List<DeltaFile>();
        var statistics = new FileStatistics(tree, columns.Count);
        byte[] buffer = [];
        foreach (var batch in snapshot.Files.Batches)
        {
            foreach (var row in batch.Rows)
            {
                ref readonly var file = ref batch.Files.Rows[row];
                statistics.Read(batch.Files.Stats(file, ref buffer));
                var values = partitions.Count == 0 ? null : batch.Files.PartitionValues(file);
                if (MayPass(bound, new FileFacts(statistics, values, file.Vector != 0, batch.Files.BoundsCountNan)))
                {
                    selected.Add(snapshot.Files.Unpack(batch.Files, row));
                }
            }
        }

        return selected;
    }

    readonly record struct FileFacts(FileStatistics Statistics, Dictionary<string, string?>? Partition, bool HasVector, bool BoundsCountNan);

    void Collect(BoundExpression expression)
    {
        switch (expression)
        {
            case BoundAnd(var operands):
                operands.ToList().ForEach(Collect);
                break;
            case BoundOr(var operands):
                operands.ToList().ForEach(Collect);
                break;
            case BoundPredicate { Field: var field } when !columns.ContainsKey(field.Id):
                var (column, path) = schema[field.Id];
                columns[field.Id] = new FilteredColumn(field, column, columns.Count);
                tree.Add(path, columns[field.Id]);
                break;
        }
    }

    bool MayPass(BoundExpression expression, in FileFacts file)
    {
        switch (expression)
        {
            case BoundAlways(var value):
                return value;
            case BoundAnd(var operands):
                foreach (var operand in operands)
                {
                    if (!MayPass(operand, file))
                    {
                        return false;
                    }
                }

                return true;
            case BoundOr(var operands):
                foreach (var operand in operands)
                {
                    if (MayPass(operand, file))
                    {
                        return true;
                    }
                }

                return false;
            case BoundPredicate predicate:
                return PredicateEvaluator.MayPass(predicate, FactsOf(predicate.Field, file));
            default:
                return true;
        }
    }

    ColumnFacts FactsOf(BoundField field, in FileFacts file)
    {
        var column = columns[field.Id];
        return file.Partition is not null && !field.IsNested && partitions.Contains(column.Column.Name) ? OfPartition(field, column.Column, file.Partition) : OfStatistics(field, column, file);
    }

    ColumnFacts OfPartition(BoundField field, DeltaField column, Dictionary<string, string?> values)
    {
        var facts = default(ColumnFacts);
        if (!values.TryGetValue(snapshot.PhysicalName(column), out var text))
        {
            return ColumnFacts.Unknown(field);
        }

        if (DeltaText.ParsePartition(column, text) is not { } value)
        {
            facts.MayBeNull = true;
            return facts;
        }

        if (CharType.LengthOf(column) is not null)
        {
            facts.MayBeValue = true;
            return facts;
        }

        switch (value)
        {
            case FloatLiteral { Value: float.NaN } or DoubleLiteral { Value: double.NaN }:
                facts.MayBeNan = true;
                return facts;
            case StringLiteral(var characters):
                facts.LowerBytes = facts.UpperBytes = System.Text.Encoding.UTF8.GetBytes(characters);
                break;
            case BinaryLiteral(var bytes):
                facts.LowerBytes = facts.UpperBytes = bytes;
                break;
            default:
                facts.Lower = facts.Upper = value switch
                {
                    BooleanLiteral(var flag) => flag ? 1 : 0,
                    IntegerLiteral(var number) => number,
                    DecimalLiteral(var digits, _) => digits,
                    FloatLiteral(var number) => ValueKey.OfDouble(number),
                    DoubleLiteral(var number) => ValueKey.OfDouble(number),
                    DateLiteral(var days) => days,
                    TimestampLiteral(var micros, _, _) => micros,
                    _ => throw new InvalidOperationException($"no order of {value.GetType().Name}"),
                };
                break;
        }

        facts.MayBeValue = facts.HasLower = facts.HasUpper = true;
        return facts;
    }

    static ColumnFacts OfStatistics(BoundField field, FilteredColumn column, in FileFacts file)
    {
        ref var known = ref file.Statistics[column.Slot];
        var facts = ColumnFacts.Unknown(field);
        var allNull = known.Nulls is { } nulls && file.Statistics.Records is { } records && nulls >= records && records > 0;
        facts.MayBeNull = known.Nulls != 0;
        facts.MayBeValue = !allNull && !known.Lower.IsNan;
        facts.MayBeNan = field.IsFloating && !allNull && !(file.BoundsCountNan && !file.HasVector && known.Upper.IsSet);
        if (CharType.LengthOf(column.Column) is not null)
        {
            // The bounds may be of values that reading fills up.
            return facts;
        }

        if (field.IsBytes)
        {
            (facts.HasLower, facts.HasUpper) = (known.Lower.Bytes is not null, known.Upper.Bytes is not null);
            facts.LowerBytes = known.Lower.Bytes;
            facts.UpperBytes = known.Upper.Bytes;
        }
        else
        {
            (facts.HasLower, facts.HasUpper) = (known.Lower.IsSet, known.Upper.IsSet);
            (facts.Lower, facts.Upper) = (known.Lower.Number, known.Upper.Number);
        }

        return facts;
    }
}
