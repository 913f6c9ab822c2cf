namespace Lakehouse.Formats.Iceberg;

/// <summary>Applies a filter to the entries of a manifest, block by block and column by column.</summary>
/// <param name="filter">The filter.</param>
/// <param name="partitions">It, as partitions of the manifest's spec see it; null when they say nothing.</param>
/// <param name="decoder">Decodes partition tuples.</param>
/// <param name="byPartitionOnly">Whether only partitions are asked, as for delete files, whose statistics are of other rows.</param>
internal sealed class BlockFilter(BoundExpression filter, PartitionFilter? partitions, ManifestEntryDecoder decoder, bool byPartitionOnly)
{
    /// <summary>Leaves those of the entries selected that may have rows that pass.</summary>
    public void Apply(ManifestBlock block, bool[] selected) => Apply(filter, block, selected, partitions is null ? null : Tuples.Of(block, decoder));

    private void Apply(BoundExpression expression, ManifestBlock block, bool[] selected, Tuples? tuples)
    {
        switch (expression)
        {
            case BoundAlways(false):
                Array.Clear(selected);
                break;
            case BoundAnd(var operands):
                foreach (var operand in operands)
                {
                    Apply(operand, block, selected, tuples);
                }

                break;
            case BoundOr(var operands):
                var any = new bool[selected.Length];
                foreach (var operand in operands)
                {
                    var mine = (bool[])selected.Clone();
                    Apply(operand, block, mine, tuples);
                    for (var i = 0; i < any.Length; i++)
                    {
                        any[i] |= mine[i];
                    }
                }

                any.CopyTo(selected, 0);
                break;
            case BoundPredicate predicate:
                tuples?.Apply(predicate, partitions!, selected);
                if (!byPartitionOnly)
                {
                    ApplyMetrics(predicate, block, selected);
                }

                break;
        }
    }

    private static void ApplyMetrics(BoundPredicate predicate, ManifestBlock block, bool[] selected)
    {
        if (Array.IndexOf(selected, true) < 0)
        {
            return;
        }

        var column = block.Field(predicate.Field.Id);
        for (var i = 0; i < selected.Length; i++)
        {
            selected[i] = selected[i] && PredicateEvaluator.MayPass(predicate, column.FactsOf(block, i, predicate.Field));
        }
    }

    /// <summary>The partition tuples of a block. Neighbours mostly share one, which is decoded and judged once.</summary>
    private sealed class Tuples(int[] tupleOf, List<IReadOnlyList<object?>> tuples)
    {
        public static Tuples Of(ManifestBlock block, ManifestEntryDecoder decoder)
        {
            var tupleOf = new int[block.Count];
            var tuples = new List<IReadOnlyList<object?>>();
            var last = -1;
            for (var i = 0; i < block.Count; i++)
            {
                if (block.PartitionStarts[i] < 0)
                {
                    tupleOf[i] = -1;
                    continue;
                }

                var bytes = block.Data.AsSpan(block.PartitionStarts[i], block.PartitionLengths[i]);
                if (last < 0 || !bytes.SequenceEqual(block.Data.AsSpan(block.PartitionStarts[last], block.PartitionLengths[last])))
                {
                    tuples.Add(decoder.ReadPartition(bytes));
                    last = i;
                }

                tupleOf[i] = tuples.Count - 1;
            }

            return new Tuples(tupleOf, tuples);
        }

        public void Apply(BoundPredicate predicate, PartitionFilter partitions, bool[] selected)
        {
            var passes = new bool[tuples.Count];
            for (var i = 0; i < passes.Length; i++)
            {
                passes[i] = partitions.MayPass(predicate, tuples[i]);
            }

            for (var i = 0; i < selected.Length; i++)
            {
                selected[i] = selected[i] && (tupleOf[i] < 0 || passes[tupleOf[i]]);
            }
        }
    }
}
