using System.Globalization;
using System.Text;

namespace LakeAspire.Catalog.Branches;

/// <summary>The tables of the catalog's database as a state of the lake shows them. Only numbers of ours are written into the text.</summary>
internal static class ViewSql
{
    /// <summary>A query of the pointers that are seen: of each thing the uppermost layer's that has one, even if that says that it was dropped.</summary>
    /// <param name="levels">The layers, uppermost first.</param>
    /// <param name="filter">Condition on <c>p</c>, the pointer; applied within every layer.</param>
    /// <param name="withDropped">Whether things that were dropped are in it too.</param>
    /// <param name="columns">What is selected.</param>
    /// <param name="first">Order and limit, when only the first rows are wanted: no layer need give more.</param>
    public static string Pointers(IReadOnlyList<BranchLevel> levels, string filter, bool withDropped = false, string columns = "p.*", string first = "")
    {
        var sql = new StringBuilder();
        for (var i = 0; i < levels.Count; i++)
        {
            sql.Append(i == 0 ? "" : " UNION ALL ").Append(first.Length == 0 ? "" : "(")
                .Append(CultureInfo.InvariantCulture, $"SELECT {columns} FROM pointers p WHERE {SeenIn("p", levels[i])} AND {filter}");
            if (!withDropped)
            {
                sql.Append(" AND NOT p.dropped");
            }

            for (var above = 0; above < i; above++)
            {
                sql.Append(CultureInfo.InvariantCulture, $" AND NOT EXISTS (SELECT 1 FROM pointers o WHERE o.table_id = p.table_id AND {TouchedIn("o", levels[above])})");
            }

            sql.Append(first.Length == 0 ? "" : $" {first})");
        }

        return sql.ToString();
    }

    /// <summary>A query of the commits that led to a state of the lake.</summary>
    public static string Commits(IReadOnlyList<BranchLevel> levels) => $"SELECT c.* FROM commits c JOIN {Rows(levels)} ON c.branch_id = l.branch AND c.id <= l.upto";

    /// <summary>Condition: the row is what its layer says of the thing.</summary>
    public static string SeenIn(string alias, BranchLevel level) => level.Commit is { } commit
        ? string.Create(CultureInfo.InvariantCulture, $"{alias}.branch_id = {level.BranchId} AND {alias}.from_commit <= {commit} AND ({alias}.to_commit IS NULL OR {alias}.to_commit > {commit})")
        : string.Create(CultureInfo.InvariantCulture, $"{alias}.branch_id = {level.BranchId} AND {alias}.to_commit IS NULL");

    /// <summary>The layers as rows <c>(depth, branch, upto)</c>; <c>upto</c> is the greatest number there is for what is current.</summary>
    public static string Rows(IReadOnlyList<BranchLevel> levels) =>
        "(VALUES " + string.Join(", ", levels.Select((level, depth) => string.Create(CultureInfo.InvariantCulture, $"({depth}, {level.BranchId}, {level.Commit ?? long.MaxValue}::bigint)"))) + ") AS l (depth, branch, upto)";

    static string TouchedIn(string alias, BranchLevel level) => level.Commit is { } commit
        ? string.Create(CultureInfo.InvariantCulture, $"{alias}.branch_id = {level.BranchId} AND {alias}.from_commit <= {commit}")
        : string.Create(CultureInfo.InvariantCulture, $"{alias}.branch_id = {level.BranchId}");
}
