using Lakehouse.Engine.Results;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Schemas;

namespace Lakehouse.Engine.Delta;

/// <summary>Conditions over partition columns alone, whatever functions they use: the engine computes them once for each partition.</summary>
internal static class PartitionConditions
{
    // Functions that give another value each time say nothing of a partition.
    static readonly string[] Volatile = ["random", "uuid", "nextval", "setseed", "sample"];

    // More partitions than this are not worth a statement of their literals.
    const int MostPartitions = 10_000;

    public static async Task<IReadOnlyList<DeltaFile>> SelectAsync(DuckDbConnection connection, DeltaSnapshot snapshot, IReadOnlyList<DeltaFile> files, WhereConditions where, CancellationToken cancellationToken)
    {
        var columns = snapshot.PartitionColumns;
        if (columns.Count == 0 || files.Count == 0 || columns.Any(column => CharType.LengthOf(column) is not null) || Volatile.Any(name => where.Text.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            return files;
        }

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var partitionOf = files.Select(file => Number(numbers, Values(snapshot, columns, file))).ToArray();
        if (numbers.Count > MostPartitions)
        {
            return files;
        }

        var names = string.Join(", ", columns.Select(column => SqlText.Identifier(column.Name)));
        var partitions = $"(VALUES {string.Join(", ", numbers.Select(partition => $"({SqlText.Literal(partition.Value)}, {partition.Key})"))}) AS t(\"\u0001\", {names})";
        var kept = new HashSet<int>(numbers.Values);
        foreach (var condition in where.Conjuncts)
        {
            if (await KeptAsync(connection, $"SELECT CAST(t.\"\u0001\" AS BIGINT) FROM {partitions} WHERE {condition}", cancellationToken) is { } passing)
            {
                kept.IntersectWith(passing);
            }
        }

        return kept.Count == numbers.Count ? files : [.. files.Where((_, i) => kept.Contains(partitionOf[i]))];
    }

    static int Number(Dictionary<string, int> numbers, string partition) => numbers.TryGetValue(partition, out var number) ? number : numbers[partition] = numbers.Count;

    static string Values(DeltaSnapshot snapshot, IReadOnlyList<DeltaField> columns, DeltaFile file) =>
        string.Join(", ", columns.Select(column => DeltaSqlTypes.Literal(DeltaText.ParsePartition(column, file.PartitionValues.GetValueOrDefault(snapshot.PhysicalName(column))), column.Type)));

    /// <summary>The partitions that pass; null when the condition asks for more than partition columns, or fails for one of them.</summary>
    static async Task<IReadOnlyList<int>?> KeptAsync(DuckDbConnection connection, string sql, CancellationToken cancellationToken)
    {
        try
        {
            var kept = new List<int>();
            await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
            await foreach (var batch in result.ReadAsync(cancellationToken))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.RowCount; row++)
                    {
                        kept.Add((int)Scalars.Get<long>(batch.Columns[0], row));
                    }
                }
            }

            return kept;
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            return null;
        }
    }
}
