using FsCheck.Fluent;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Scanning;

/// <summary>Random rows, their statistics and partitions, and random filters: no file with a row that passes is ruled out, and no file whose rows are said to pass has one that doesn't.</summary>
public sealed class FileFilterPropertyTests
{
    [Fact]
    public void Statistics_rule_out_no_row_that_passes() => Properties.Hold(Gen.Choose(0, int.MaxValue - 1), seed => Check(new Random(seed), transform: null), full: 60_000);

    [Fact]
    public void Partitions_rule_out_no_row_that_passes() => Properties.Hold(Gen.Choose(0, int.MaxValue - 1), seed =>
    {
        var random = new Random(seed);
        Transform[] transforms =
        [
            Transform.Identity, Transform.Bucket(random.Next(1, 5)), Transform.Truncate(random.Next(1, 12)), Transform.Year, Transform.Month, Transform.Day, Transform.Hour, Transform.Void,
        ];
        Check(random, transforms[random.Next(transforms.Length)]);
    }, full: 60_000);

    private static void Check(Random random, Transform? transform)
    {
        var column = new RandomColumn(RandomColumn.Types[random.Next(RandomColumn.Types.Length)], random);
        var other = new RandomColumn(RandomColumn.Types[random.Next(RandomColumn.Types.Length)], random);
        if (transform?.CanTransform(column.Type) == false)
        {
            return;
        }

        var schema = new Schema(0, [new NestedField(1, "a", false, column.Type), new NestedField(2, "s", false, new StructType([new NestedField(3, "b", false, other.Type)]))]);
        var spec = transform is null ? null : new PartitionSpec(0, [new PartitionField(1, 1000, "p", transform)]);
        var metadata = TableMetadata.Create("memory://lake/t", schema, spec, null, new Dictionary<string, string>(), Guid.Empty, Tables.Start);
        var filter = Filter(random, column, other, depth: 2);
        var files = new FileFilter(filter, metadata);
        var rows = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (A: column.Value(), B: other.Value())).ToList();
        var oldWriter = random.Next(4) == 0;
        var partitions = new List<object?>();
        foreach (var group in rows.GroupBy(row => transform is null ? (null, 0) : Key(transform, column.Type, row.A, oldWriter)))
        {
            object? partition = transform is null ? null : PartitionOf(transform, column.Type, group.First().A, oldWriter);
            partitions.Add(partition);
            var file = FileOf(random, column.Type, other.Type, [.. group], transform is null ? [] : [partition]);
            var answers = group.Select(row => Answer(filter, column, other, row.A, row.B)).ToList();
            var text = $"{filter} over {column.Type} {transform}: {string.Join("; ", group.Select(row => $"{row.A ?? "null"}, {row.B ?? "null"}"))}";
            Assert.True(files.MayPass(file) || !answers.Contains(true), "lost: " + text);
            Assert.True(!files.AllPass(file) || answers.TrueForAll(answer => answer == true), "not all pass: " + text);
        }

        if (transform is not null && transform.Kind != TransformKind.Void)
        {
            var manifest = new ManifestFile
            {
                ManifestPath = "m", ManifestLength = 1, PartitionSpecId = 0, AddedSnapshotId = 1, Partitions = [Summary(transform.ResultType(column.Type), partitions)],
            };
            Assert.True(files.MayPass(manifest) || rows.TrueForAll(row => Answer(filter, column, other, row.A, row.B) != true), $"manifest lost: {filter} over {column.Type} {transform}");
        }
    }

    private static (object?, int) Key(Transform transform, PrimitiveType type, object? value, bool oldWriter) => PartitionOf(transform, type, value, oldWriter) switch
    {
        byte[] bytes => (Convert.ToHexString(bytes), 1),
        float.NaN or double.NaN => ("NaN", 2),
        0f or 0d => (0, 3),
        var partition => (partition, 4),
    };

    /// <summary>What a writer puts into the manifest; early ones cut times before 1970 towards zero.</summary>
    private static object? PartitionOf(Transform transform, PrimitiveType type, object? value, bool oldWriter)
    {
        var partition = transform.Apply(value, type);
        if (oldWriter && transform.Kind is TransformKind.Year or TransformKind.Month or TransformKind.Day or TransformKind.Hour && partition is int before && before < 0 && type != IcebergType.Date)
        {
            return before + 1;
        }

        return partition;
    }

    private static PartitionFieldSummary Summary(IcebergType type, List<object?> partitions)
    {
        var values = partitions.Where(value => value is not (null or float.NaN or double.NaN)).ToList();
        values.Sort((a, b) => SingleValue.Compare(a!, b!));
        return new PartitionFieldSummary(
            partitions.Contains(null), partitions.Exists(value => value is float.NaN or double.NaN), values.Count == 0 ? null : SingleValue.ToBytes(type, values[0]!), values.Count == 0 ? null : SingleValue.ToBytes(type, values[^1]!));
    }

    private static DataFile FileOf(Random random, PrimitiveType a, PrimitiveType b, List<(object? A, object? B)> rows, IReadOnlyList<object?> partition)
    {
        var (values, nulls, nans, lower, upper) = (new Dictionary<int, long>(), new Dictionary<int, long>(), new Dictionary<int, long>(), new Dictionary<int, byte[]>(), new Dictionary<int, byte[]>());
        foreach (var (id, type, column) in new[] { (1, a, rows.ConvertAll(row => row.A)), (3, b, rows.ConvertAll(row => row.B)) })
        {
            var mode = random.Next(3) switch { 0 => new MetricsMode(MetricsModeKind.Full), 1 => new MetricsMode(MetricsModeKind.Truncate, 1), _ => new MetricsMode(MetricsModeKind.Counts) };
            var isNan = column.Count(value => value is float.NaN or double.NaN);
            var numbers = column.Where(value => value is not (null or float.NaN or double.NaN)).ToList();
            numbers.Sort((x, y) => SingleValue.Compare(x!, y!));
            if (random.Next(6) > 0)
            {
                values[id] = column.Count;
            }

            if (random.Next(6) > 0)
            {
                nulls[id] = column.Count(value => value is null);
            }

            if (random.Next(3) > 0)
            {
                nans[id] = isNan;
            }

            if (numbers.Count > 0 && random.Next(6) > 0 && ColumnBounds.Lower(type, numbers[0]!, mode) is { } least)
            {
                lower[id] = least;
            }

            if (numbers.Count > 0 && random.Next(6) > 0 && ColumnBounds.Upper(type, numbers[^1]!, mode) is { } greatest)
            {
                upper[id] = greatest;
            }
        }

        return new DataFile
        {
            FilePath = "f", RecordCount = rows.Count, FileSizeInBytes = 1, Partition = partition, ValueCounts = values, NullValueCounts = nulls, NanValueCounts = nans, LowerBounds = lower, UpperBounds = upper,
        };
    }

    private static Expression Filter(Random random, RandomColumn column, RandomColumn other, int depth) => random.Next(depth == 0 ? 2 : 6) switch
    {
        2 => new And([Filter(random, column, other, depth - 1), Filter(random, column, other, depth - 1)]),
        3 => new Or([Filter(random, column, other, depth - 1), Filter(random, column, other, depth - 1)]),
        4 => new Not(Filter(random, column, other, depth - 1)),
        5 => random.Next(3) switch { 0 => Expression.True, 1 => new ColumnPredicate("missing", PredicateOperator.IsNull), _ => Expression.False },
        1 => other.Predicate("b") with { Column = ColumnPath.Of("S", "b") },
        _ => column.Predicate("a"),
    };

    private static bool? Answer(Expression filter, RandomColumn column, RandomColumn other, object? a, object? b) => filter switch
    {
        Always(var value) => value,
        // What is unknown may be either: it is taken as whatever would show a fault. Null does in a conjunction and a disjunction alike.
        ColumnPredicate { Column.Names: ["missing"] } => null,
        ColumnPredicate { Column.Names: ["a"] } predicate => column.Answer(predicate, a),
        ColumnPredicate predicate => other.Answer(predicate, b),
        Not(var operand) => !Answer(operand, column, other, a, b),
        And(var operands) => operands.Select(operand => Answer(operand, column, other, a, b)).Aggregate((bool?)true, (x, y) => x & y),
        Or(var operands) => operands.Select(operand => Answer(operand, column, other, a, b)).Aggregate((bool?)false, (x, y) => x | y),
        _ => throw new NotSupportedException(),
    };
}
