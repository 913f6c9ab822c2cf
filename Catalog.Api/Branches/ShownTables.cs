namespace LakeAspire.Catalog.Branches;

/// <summary>What all branches and tags that are there show, as SQL: each its own layer over those of its parents.</summary>
internal static class ShownTables
{
    /// <summary>The layers of every branch and tag: <c>levels (root, depth, branch, upto)</c>, for a WITH RECURSIVE.</summary>
    public const string Levels = """
        levels (root, depth, branch, upto) AS (
            SELECT id, 0, CASE WHEN kind = 0 THEN id ELSE parent_id END, CASE WHEN kind = 0 THEN 9223372036854775807 ELSE coalesce(parent_commit, 0) END
            FROM branches WHERE dropped_at IS NULL AND (kind = 0 OR parent_id IS NOT NULL)
            UNION ALL
            SELECT l.root, l.depth + 1, b.parent_id, coalesce(b.parent_commit, 0) FROM levels l JOIN branches b ON b.id = l.branch WHERE b.parent_id IS NOT NULL)
        """;

    /// <summary>
    /// The pointers that each of them sees, tombstones too: <c>shown</c> with <c>root</c>, after <see cref="Levels"/>; of each thing the uppermost layer's.
    /// </summary>
    /// <param name="filter">Condition on <c>p</c>.</param>
    public static string Pointers(string filter) => $"""
        shown AS (
            SELECT DISTINCT ON (l.root, p.table_id) l.root, p.*
            FROM levels l JOIN pointers p ON p.branch_id = l.branch AND p.from_commit <= l.upto AND (p.to_commit IS NULL OR p.to_commit > l.upto)
            WHERE {filter}
            ORDER BY l.root, p.table_id, l.depth)
        """;
}
