using LakeAspire.Catalog.Branches;
using Npgsql;

namespace LakeAspire.Catalog.Merging;

/// <summary>Finds what two states of the lake last had in common: where their branches parted, or the last merge between them in either direction, whichever is newer.</summary>
internal sealed class MergeBaseFinder(NpgsqlDataSource database)
{
    /// <param name="source">The source, pinned.</param>
    /// <param name="target">The target, pinned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<MergeBases> FindAsync(LakeView source, LakeView target, CancellationToken cancellationToken)
    {
        var fork = Fork(source, target);
        var brought = await LastAsync(target, source, cancellationToken) is { } into ? new MergeBase(MergeBaseKind.Brought, into.Merged, into.Commit) : null;
        var taken = await LastAsync(source, target, cancellationToken) is { } from ? new MergeBase(MergeBaseKind.Taken, from.Commit, from.Merged) : null;
        return Choose(fork, IsSinceFork(brought, fork) ? brought : null, IsSinceFork(taken, fork) ? taken : null);
    }

    /// <summary>One merge makes another one old when it knew of it.</summary>
    public static MergeBases Choose(MergeBase fork, MergeBase? brought, MergeBase? taken) => (brought, taken) switch
    {
        (null, null) => new([fork], fork.Source),
        ({ }, null) => new([brought], brought.Source),
        (null, { }) => new([taken], fork.Source),
        _ when !taken.Source.IsNewerThan(brought.Source) => new([brought], brought.Source),
        _ when !brought.Target.IsNewerThan(taken.Target) => new([taken], brought.Source),
        _ => new([brought, taken], brought.Source),
    };

    /// <summary>The newest commit that is in both histories. <c>main</c> is below all.</summary>
    public static MergeBase Fork(LakeView source, LakeView target)
    {
        for (var i = 0; i < source.Levels.Count; i++)
        {
            for (var j = 0; j < target.Levels.Count; j++)
            {
                if (source.Levels[i].BranchId == target.Levels[j].BranchId)
                {
                    var commit = Math.Min(source.Levels[i].Commit ?? 0, target.Levels[j].Commit ?? 0);
                    return new MergeBase(MergeBaseKind.Fork, new ChainPoint(i, commit), new ChainPoint(j, commit));
                }
            }
        }

        throw new InvalidOperationException($"'{source.Ref.Text}' and '{target.Ref.Text}' have no common history.");
    }

    static bool IsSinceFork(MergeBase? merge, MergeBase fork) => merge is not null && merge.Source.IsNewerThan(fork.Source) && merge.Target.IsNewerThan(fork.Target);

    /// <summary>The last merge that a history has of another: the commit that made it, and what it brought.</summary>
    async Task<(ChainPoint Commit, ChainPoint Merged)?> LastAsync(LakeView into, LakeView from, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT l.depth, c.id, m.depth, c.merged_commit FROM commits c JOIN {ViewSql.Rows(into.Levels)} ON c.branch_id = l.branch AND c.id <= l.upto
            JOIN {ViewSql.Rows(from.Levels).Replace("AS l (", "AS m (", StringComparison.Ordinal)} ON c.merged_branch_id = m.branch AND c.merged_commit <= m.upto
            ORDER BY c.id DESC LIMIT 1
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (new ChainPoint(reader.GetInt32(0), reader.GetInt64(1)), new ChainPoint(reader.GetInt32(2), reader.GetInt64(3)))
            : null;
    }
}
