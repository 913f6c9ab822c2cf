using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// A filter seen from the partitions of one spec (specification, "Scan Planning", projections): which partitions may hold rows that pass, and which hold no others. Each spec of a table has its own.
/// </summary>
internal sealed class PartitionFilter
{
    private readonly PartitionSpec spec;
    private readonly IReadOnlyList<IcebergType?> types;
    private readonly Dictionary<(BoundPredicate Predicate, int Buckets), int[]> buckets = new(ReferenceKey.Instance);

    public PartitionFilter(PartitionSpec spec, IReadOnlyList<IcebergType?> types) => (this.spec, this.types) = (spec, types);

    /// <summary>Whether some row of a partition may pass.</summary>
    public bool MayPass(BoundExpression filter, IReadOnlyList<object?> partition) => filter switch
    {
        BoundAlways(var value) => value,
        BoundAnd(var operands) => operands.All(operand => MayPass(operand, partition)),
        BoundOr(var operands) => operands.Any(operand => MayPass(operand, partition)),
        BoundPredicate predicate => MayPass(predicate, partition),
        _ => true,
    };

    public bool MayPass(BoundPredicate predicate, IReadOnlyList<object?> partition)
    {
        for (var i = 0; i < spec.Fields.Count && i < partition.Count; i++)
        {
            if (spec.Fields[i].SourceId == predicate.Field.Id && FactsOf(predicate.Field, spec.Fields[i].Transform, partition[i], out var facts)
                && !(PredicateEvaluator.MayPass(predicate, facts) && MayHoldBucket(predicate, spec.Fields[i].Transform, partition[i] as int?, partition[i] as int?)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every row of a partition passes.</summary>
    public bool AllPass(BoundPredicate predicate, IReadOnlyList<object?> partition)
    {
        for (var i = 0; i < spec.Fields.Count && i < partition.Count; i++)
        {
            if (spec.Fields[i].SourceId == predicate.Field.Id && FactsOf(predicate.Field, spec.Fields[i].Transform, partition[i], out var facts) && PredicateEvaluator.AllPass(predicate, facts))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some row of a manifest's files may pass, by the summaries of its partitions.</summary>
    public bool MayPass(BoundExpression filter, IReadOnlyList<PartitionFieldSummary> summaries) => filter switch
    {
        BoundAlways(var value) => value,
        BoundAnd(var operands) => operands.All(operand => MayPass(operand, summaries)),
        BoundOr(var operands) => operands.Any(operand => MayPass(operand, summaries)),
        BoundPredicate predicate => MayPass(predicate, summaries),
        _ => true,
    };

    private bool MayPass(BoundPredicate predicate, IReadOnlyList<PartitionFieldSummary> summaries)
    {
        for (var i = 0; i < spec.Fields.Count && i < summaries.Count; i++)
        {
            var transform = spec.Fields[i].Transform;
            if (spec.Fields[i].SourceId != predicate.Field.Id || transform.Kind is TransformKind.Void or TransformKind.Unknown)
            {
                continue;
            }

            var (lower, upper) = (ValueOf(types[i], summaries[i].LowerBound), ValueOf(types[i], summaries[i].UpperBound));
            if (!PredicateEvaluator.MayPass(predicate, FactsOf(predicate.Field, transform, summaries[i], lower, upper)) || !MayHoldBucket(predicate, transform, lower as int?, upper as int?))
            {
                return false;
            }
        }

        return true;
    }

    private static bool FactsOf(BoundField field, Transform transform, object? value, out ColumnFacts facts)
    {
        facts = default;
        if (transform.Kind is TransformKind.Void or TransformKind.Unknown)
        {
            return false;
        }

        if (value is null)
        {
            facts.MayBeNull = true;
            return true;
        }

        facts.MayBeNan = field.IsFloating && SingleValue.IsNan(value);
        facts.MayBeValue = !facts.MayBeNan;
        Narrow(ref facts, PartitionRange.Of(transform, field, value), isLower: true);
        Narrow(ref facts, PartitionRange.Of(transform, field, value), isLower: false);
        return true;
    }

    private static ColumnFacts FactsOf(BoundField field, Transform transform, PartitionFieldSummary summary, object? lower, object? upper)
    {
        var facts = ColumnFacts.Unknown(field);
        facts.MayBeNull = summary.ContainsNull;
        facts.MayBeNan = field.IsFloating && summary.ContainsNan != false;
        if (lower is not null && upper is not null)
        {
            var range = PartitionRange.Between(transform, field, lower, upper);
            Narrow(ref facts, range, isLower: true);
            Narrow(ref facts, range, isLower: false);
            if (facts.HasLower && facts.HasUpper && (field.IsBytes ? facts.LowerBytes.SequenceCompareTo(facts.UpperBytes) > 0 : facts.Lower > facts.Upper))
            {
                facts.HasLower = facts.HasUpper = false;
            }
        }
        else if (summary.LowerBound is null && summary.UpperBound is null && (facts.MayBeNull || facts.MayBeNan))
        {
            // No bounds: every value is null or NaN.
            facts.MayBeValue = false;
        }

        return facts;
    }

    private static void Narrow(ref ColumnFacts facts, PartitionRange range, bool isLower)
    {
        if (isLower)
        {
            (facts.HasLower, facts.Lower) = (range.HasLower, range.Lower);
            facts.LowerBytes = range.LowerBytes;
        }
        else
        {
            (facts.HasUpper, facts.Upper) = (range.HasUpper, range.Upper);
            facts.UpperBytes = range.UpperBytes;
        }
    }

    private static object? ValueOf(IcebergType? type, byte[]? bytes)
    {
        if (type is null || bytes is null)
        {
            return null;
        }

        try
        {
            return SingleValue.FromBytes(type, bytes) is var value && SingleValue.IsNan(value) ? null : value;
        }
        catch (LakehouseException)
        {
            // A bound that is no value of the type says nothing.
            return null;
        }
    }

    /// <summary>Whether one of the literals of an equality may lie in one of the buckets from <paramref name="least"/> to <paramref name="greatest"/>.</summary>
    private bool MayHoldBucket(BoundPredicate predicate, Transform transform, int? least, int? greatest) =>
        transform.Kind != TransformKind.Bucket || predicate.Operator != PredicateOperator.In || least is null || greatest is null
        || BucketsOf(predicate, transform.Parameter) is not { } mine || Array.Exists(mine, bucket => bucket >= least && bucket <= greatest);

    /// <summary>The buckets of an equality's literals; null when one of them is not known exactly.</summary>
    private int[]? BucketsOf(BoundPredicate predicate, int count)
    {
        lock (buckets)
        {
            if (!buckets.TryGetValue((predicate, count), out var found))
            {
                found = Array.TrueForAll(predicate.Literals, literal => literal.IsExact)
                    ? [.. predicate.Literals.Select(literal => (HashOf(predicate.Field.Type, literal) & int.MaxValue) % count).Distinct()]
                    : [];
                buckets[(predicate, count)] = found;
            }

            return found.Length == 0 ? null : found;
        }
    }

    private static int HashOf(PrimitiveType type, LiteralRange literal) =>
        literal.Bytes is { } bytes ? BucketHash.Murmur3(bytes) : BucketHash.Of(type is DecimalType ? literal.Low : (object)(long)literal.Low, type);

    /// <summary>Predicates as keys by identity: comparing them by content would cost more than what is kept.</summary>
    private sealed class ReferenceKey : IEqualityComparer<(BoundPredicate Predicate, int Buckets)>
    {
        public static ReferenceKey Instance { get; } = new();

        public bool Equals((BoundPredicate Predicate, int Buckets) x, (BoundPredicate Predicate, int Buckets) y) => ReferenceEquals(x.Predicate, y.Predicate) && x.Buckets == y.Buckets;

        public int GetHashCode((BoundPredicate Predicate, int Buckets) key) => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Predicate), key.Buckets);
    }
}
