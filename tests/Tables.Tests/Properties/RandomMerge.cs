namespace Lakehouse.Tables.Tests.Properties;

/// <summary>Clauses at random, and what they do to the model.</summary>
internal sealed class RandomMerge
{
    readonly TableModel model;
    readonly List<(MergeClause Clause, Func<Dictionary<int, string?>, bool> Holds, ModelColumn? Column, string? Value)> all = [];

    public RandomMerge(TableModel model, Random random)
    {
        this.model = model;
        foreach (var rows in new[] { MergeRows.Matched, MergeRows.NotMatched, MergeRows.NotMatchedBySource })
        {
            for (var i = random.Next(0, 3); i > 0; i--)
            {
                Add(rows, random);
            }
        }

        if (all.Count == 0)
        {
            Add(MergeRows.NotMatched, random);
        }
    }

    public IReadOnlyList<MergeClause> Clauses => [.. all.Select(item => item.Clause)];

    /// <summary>The rows of the model after the merge.</summary>
    public List<Dictionary<int, string?>> Apply(IReadOnlyList<Dictionary<int, string?>> source)
    {
        var byId = source.ToDictionary(TableModel.IdOf);
        var targets = model.Rows.Select(TableModel.IdOf).ToHashSet();
        var after = new List<Dictionary<int, string?>>();
        foreach (var row in model.Rows)
        {
            var match = byId.GetValueOrDefault(TableModel.IdOf(row));
            var rows = match is null ? MergeRows.NotMatchedBySource : MergeRows.Matched;
            var (clause, _, column, value) = all.FirstOrDefault(item => item.Clause.Rows == rows && item.Holds(row));
            if (clause?.Action != MergeAction.Delete)
            {
                after.Add(clause?.Action != MergeAction.Update ? row : column is null ? match! : RandomTable.With(row, column, value));
            }
        }

        after.AddRange(source.Where(row => !targets.Contains(TableModel.IdOf(row)) && all.FirstOrDefault(item => item.Clause.Rows == MergeRows.NotMatched && item.Holds(row)).Clause?.Action == MergeAction.Insert));
        return after;
    }

    void Add(MergeRows rows, Random random)
    {
        var (sql, holds) = model.Condition(random, rows == MergeRows.NotMatched ? "source." : "target.");
        if (random.Next(2) == 0)
        {
            (sql, holds) = (null!, _ => true);
        }

        var column = model.Columns[random.Next(model.Columns.Count)];
        var value = column.Key == 0 ? "78" : column.Value(random);
        var assignments = new Dictionary<string, string> { [column.Name] = column.Literal(value) };
        switch (rows)
        {
            case MergeRows.NotMatched:
                all.Add((random.Next(4) == 0 ? new MergeClause(rows, MergeAction.Nothing, sql) : MergeClause.NotMatchedInsert(condition: sql), holds, null, null));
                break;
            case MergeRows.Matched when random.Next(2) == 0:
                all.Add((MergeClause.MatchedUpdate(condition: sql), holds, null, null));
                break;
            case var _ when random.Next(3) == 0:
                all.Add((new MergeClause(rows, MergeAction.Delete, sql), holds, null, null));
                break;
            default:
                all.Add((new MergeClause(rows, MergeAction.Update, sql, assignments), holds, column, value));
                break;
        }
    }
}
