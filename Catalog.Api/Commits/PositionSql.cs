using LakeAspire.Catalog.Branches;

namespace LakeAspire.Catalog.Commits;

/// <summary>Source positions as a state of the lake shows them.</summary>
internal static class PositionSql
{
    /// <summary>A query of the items that are there, expired ones too.</summary>
    public static string Items(IReadOnlyList<BranchLevel> levels, string filter, string columns = "i.*") => $"SELECT {columns} FROM items i JOIN {ViewSql.Rows(levels)} ON {SeenItem(levels)} WHERE {filter}";

    /// <summary>Condition: the item <c>i</c> is there in the layer <c>l</c>, and no layer above says anything of it.</summary>
    public static string SeenItem(IReadOnlyList<BranchLevel> levels)
    {
        const string Here = "i.branch_id = l.branch AND i.commit_id <= l.upto AND (i.to_commit IS NULL OR i.to_commit > l.upto)";
        return levels.Count == 1 ? Here : $"""
            {Here} AND NOT EXISTS (
                SELECT 1 FROM {ViewSql.Rows(levels).Replace("AS l (", "AS a (", StringComparison.Ordinal)} JOIN items o ON o.branch_id = a.branch AND o.commit_id <= a.upto
                WHERE a.depth < l.depth AND o.scope = i.scope AND o.key = i.key)
            """;
    }

    /// <summary>A query of the cursors that are set, named as bodies are.</summary>
    public static string SetCursors(IReadOnlyList<BranchLevel> levels, string filter) =>
        $"""SELECT s.scope AS "Scope", s.value AS "Value", s.from_commit AS "CommitId", s.at AS "At" FROM ({Cursors(levels, filter)}) AS s WHERE s.value IS NOT NULL""";

    /// <summary>A query of <c>scope, value, from_commit, at</c>: of each scope what the uppermost layer says that has it. A value of null says that it is not set any more.</summary>
    public static string Cursors(IReadOnlyList<BranchLevel> levels, string filter) => $"""
        SELECT DISTINCT ON (c.scope) c.scope, c.value, c.from_commit, c.at FROM {ViewSql.Rows(levels)}
        JOIN cursors c ON c.branch_id = l.branch AND c.from_commit <= l.upto AND (c.to_commit IS NULL OR c.to_commit > l.upto)
        WHERE {filter} ORDER BY c.scope, l.depth
        """;
}
