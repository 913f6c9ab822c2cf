using LakeAspire.Catalog.Branches;

namespace LakeAspire.Catalog.Commits;

/// <summary>Source positions as a state of the lake shows them.</summary>
internal static class PositionSql
{
    /// <summary>A query of the items that are there, expired ones too.</summary>
    public static string Items(IReadOnlyList<BranchLevel> levels, string filter) =>
        $"SELECT i.* FROM items i JOIN {ViewSql.Rows(levels)} ON i.branch_id = l.branch AND i.commit_id <= l.upto AND (i.to_commit IS NULL OR i.to_commit > l.upto) WHERE {filter}";

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
