using Lakehouse.Engine;
using Lakehouse.Formats;

namespace Lakehouse.Tables;

/// <summary>A merge as a change of rows.</summary>
static class MergePlan
{
    public static ChangePlan Of(MergeStatement merge, LakeTable table)
    {
        var keys = merge.Keys.Select(key => $"target.{SqlText.Identifier(key)} = source.{SqlText.Identifier(key)}").ToList();
        if (merge.On is { } on)
        {
            keys.Add($"(\n{on}\n)");
        }

        if (keys.Count == 0)
        {
            throw LakehouseException.InvalidData($"The merge into {table.Identifier} does not say by which keys or condition rows match.");
        }

        foreach (var clause in merge.Clauses)
        {
            Check(clause, table);
        }

        return new ChangePlan("merge")
        {
            Source = merge.Source,
            On = string.Join(" AND ", keys),
            Keys = merge.Keys,
            MatchedClauses = Of(merge, MergeRows.Matched),
            TargetClauses = Of(merge, MergeRows.NotMatchedBySource),
            InsertClauses = Of(merge, MergeRows.NotMatched),
        };
    }

    static IReadOnlyList<MergeClause> Of(MergeStatement merge, MergeRows rows) => [.. merge.Clauses.Where(clause => clause.Rows == rows)];

    static void Check(MergeClause clause, LakeTable table)
    {
        var isWrong = (clause.Rows == MergeRows.NotMatched) != (clause.Action == MergeAction.Insert) && clause.Action != MergeAction.Nothing;
        if (isWrong || (clause is { Rows: MergeRows.NotMatchedBySource, Action: MergeAction.Update, Values: null }))
        {
            throw LakehouseException.InvalidData($"The merge into {table.Identifier} has a clause that makes no sense: {clause.Rows} rows, {clause.Action}{(isWrong ? "" : " without values")}.");
        }
    }
}
