namespace LakeAspire.Catalog.History;

/// <summary>
/// What keeps the files of tables, as SQL: each branch as it is now, what it and every tag see of their parents at the commits they started at, and where a table was dropped and may come back. Upkeep deletes nothing that
/// metadata which these point to needs.
/// </summary>
internal static class FileHolders
{
    /// <summary>
    /// The commits that branches and tags started at: <c>starts (branch, upto, name)</c>, for a WITH RECURSIVE. A branch that was dropped is needed for what started at it; UNION meets each of the starts once.
    /// </summary>
    /// <param name="besides">A branch or tag that does not count; null = all do.</param>
    public static string Starts(int? besides = null) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
        chain AS (
            SELECT b.id, b.name, b.parent_id, b.parent_commit FROM branches b WHERE b.dropped_at IS NULL AND b.id <> {besides ?? -1}
            UNION SELECT b.id, c.name, b.parent_id, b.parent_commit FROM chain c JOIN branches b ON b.id = c.parent_id WHERE b.parent_id IS NOT NULL),
        starts AS (SELECT DISTINCT parent_id AS branch, parent_commit AS upto, name FROM chain WHERE parent_id IS NOT NULL)
        """);

    /// <summary>Condition: the pointer is what its branch has now, and the branch is there.</summary>
    public static string IsCurrent(string alias) => $"{alias}.to_commit IS NULL AND EXISTS (SELECT 1 FROM branches b WHERE b.id = {alias}.branch_id AND b.dropped_at IS NULL)";

    /// <summary>Condition: the pointer is what was there at a start.</summary>
    public static string IsSeenFrom(string start, string alias) => $"{alias}.branch_id = {start}.branch AND {alias}.from_commit <= {start}.upto AND ({alias}.to_commit IS NULL OR {alias}.to_commit > {start}.upto)";

    /// <summary>Condition: the pointer says what is there, or what was dropped no longer ago than that it may come back.</summary>
    /// <param name="alias">The pointer.</param>
    /// <param name="since">Parameter: the time since when.</param>
    public static string MayBeWanted(string alias, string since) => $"(NOT {alias}.dropped OR EXISTS (SELECT 1 FROM commits d WHERE d.id = {alias}.from_commit AND d.at > {since}))";
}
