using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;
using Npgsql;

namespace LakeAspire.Catalog.Branches;

/// <summary>Finds the state of the lake that a reference means.</summary>
internal sealed class LakeViews(NpgsqlDataSource database, TimeProvider time)
{
    const string Chain = """
        WITH RECURSIVE chain AS (
            SELECT b.id, b.name, b.kind, b.parent_id, b.parent_commit, b.head_commit_id, b.is_protected, 0 AS depth FROM branches b WHERE {0}
            UNION ALL
            SELECT b.id, b.name, b.kind, b.parent_id, b.parent_commit, b.head_commit_id, b.is_protected, c.depth + 1 FROM chain c JOIN branches b ON b.id = c.parent_id)
        SELECT c.id, c.name, c.kind, c.parent_commit, c.is_protected, h.id, h.at FROM chain c LEFT JOIN commits h ON h.id = c.head_commit_id ORDER BY c.depth
        """;

    LakeView? main;

    static readonly string ByName = string.Format(System.Globalization.CultureInfo.InvariantCulture, Chain, "b.name = $1 AND b.dropped_at IS NULL");
    static readonly string ById = string.Format(System.Globalization.CultureInfo.InvariantCulture, Chain, "b.id = $1");

    /// <summary>The state of the lake that a reference means now.</summary>
    /// <exception cref="ApiException">404: no such branch, tag or commit.</exception>
    public Task<LakeView> ResolveAsync(LakeRef reference, CancellationToken cancellationToken) => reference switch
    {
        { Commit: { } commit } => AtCommitAsync(reference, commit, cancellationToken),
        { Time: { } at } => AtTimeAsync(reference, at, cancellationToken),
        _ => AtHeadAsync(reference, cancellationToken),
    };

    /// <summary>The newest state of <c>main</c>, which is always one layer: its newest commit is not asked for.</summary>
    public async Task<LakeView> MainAsync(CancellationToken cancellationToken) => main ??= (await AtHeadAsync(LakeRef.Main, cancellationToken)) with { HeadId = null, HeadAt = null, IsProtected = false, OwnHead = -1 };

    async Task<LakeView> AtHeadAsync(LakeRef reference, CancellationToken cancellationToken)
    {
        var chain = await ChainAsync(reference.Branch, cancellationToken);
        var top = chain[0];
        if (top.Kind == BranchKinds.Tag)
        {
            return await TagAsync(reference, top, chain, cancellationToken);
        }

        var levels = new List<BranchLevel> { new(top.Id, null) };
        levels.AddRange(Below(chain, 0));
        var head = top.HeadId is { } own ? (Id: (long?)own, At: top.HeadAt) : await StartAsync(top, cancellationToken);
        return new LakeView(reference, top.Id, top.Name, IsWritable: true, top.IsProtected, head.Id, head.At, levels) { OwnHead = top.HeadId ?? 0 };
    }

    async Task<LakeView> TagAsync(LakeRef reference, Link tag, IReadOnlyList<Link> chain, CancellationToken cancellationToken)
    {
        var (id, at) = await StartAsync(tag, cancellationToken);
        return new LakeView(reference, chain.Count > 1 ? chain[1].Id : tag.Id, tag.Name, IsWritable: false, IsProtected: true, id, at, [.. Below(chain, 0)]);
    }

    async Task<LakeView> AtCommitAsync(LakeRef reference, long commit, CancellationToken cancellationToken)
    {
        var found = await CommitAsync("SELECT id, branch_id, at FROM commits WHERE id = $1", [commit], cancellationToken)
            ?? throw CatalogErrors.NoSuchCommit(commit);
        var levels = await LevelsAtAsync(found.BranchId, commit, cancellationToken);
        var name = levels.Chain[0].Name;
        if (reference.Branch.Length > 0)
        {
            var named = await ChainAsync(reference.Branch, cancellationToken);
            var reach = named[0].Kind == BranchKinds.Tag ? Below(named, 0) : Below(named, 0).Prepend(new BranchLevel(named[0].Id, null));
            if (!reach.Any(level => level.BranchId == found.BranchId && (level.Commit is null || commit <= level.Commit)))
            {
                throw new ApiException(404, $"Commit {commit} is not in the history of '{reference.Branch}'.", "NoSuchCommitException");
            }

            name = reference.Branch;
        }

        return Past(reference, found.BranchId, name, (commit, found.At), levels.Levels);
    }

    /// <summary>The newest commit until then, on the branch or on those that it started from.</summary>
    async Task<LakeView> AtTimeAsync(LakeRef reference, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (at > time.GetUtcNow())
        {
            throw CatalogErrors.BadRequest($"{at:u} has not come yet: nobody knows what the lake will be then");
        }

        var chain = await ChainAsync(reference.Branch, cancellationToken);
        var reach = chain[0].Kind == BranchKinds.Tag ? Below(chain, 0) : Below(chain, 0).Prepend(new BranchLevel(chain[0].Id, null));
        foreach (var level in reach)
        {
            var found = await CommitAsync(
                "SELECT id, branch_id, at FROM commits WHERE branch_id = $1 AND id <= $2 AND at <= $3 ORDER BY id DESC LIMIT 1", [level.BranchId, level.Commit ?? long.MaxValue, at.ToUniversalTime()], cancellationToken);
            if (found is { } commit)
            {
                return Past(reference, commit.BranchId, reference.Branch, (commit.Id, commit.At), (await LevelsAtAsync(commit.BranchId, commit.Id, cancellationToken)).Levels);
            }
        }

        throw new ApiException(404, $"'{reference.Branch}' has no commit as early as {at:u}.", "NoSuchCommitException");
    }

    static LakeView Past(LakeRef reference, int branchId, string name, (long Id, DateTimeOffset At) head, IReadOnlyList<BranchLevel> levels) =>
        new(reference, branchId, name, IsWritable: false, IsProtected: true, head.Id, head.At, levels) { OwnHead = head.Id };

    async Task<(IReadOnlyList<Link> Chain, IReadOnlyList<BranchLevel> Levels)> LevelsAtAsync(int branchId, long commit, CancellationToken cancellationToken)
    {
        var chain = await ReadAsync(ById, branchId, cancellationToken);
        return (chain, [new BranchLevel(branchId, commit), .. Below(chain, 0)]);
    }

    /// <summary>The layers under one of the chain: each branch's parent as of the commit that the branch started at.</summary>
    static IEnumerable<BranchLevel> Below(IReadOnlyList<Link> chain, int index)
    {
        for (var i = index; i + 1 < chain.Count; i++)
        {
            yield return new BranchLevel(chain[i + 1].Id, chain[i].ParentCommit ?? 0);
        }
    }

    async Task<(long? Id, DateTimeOffset? At)> StartAsync(Link link, CancellationToken cancellationToken) =>
        link.ParentCommit is { } start and > 0 && await CommitAsync("SELECT id, branch_id, at FROM commits WHERE id = $1", [start], cancellationToken) is { } commit
            ? (commit.Id, commit.At)
            : (null, null);

    async Task<IReadOnlyList<Link>> ChainAsync(string name, CancellationToken cancellationToken)
    {
        var chain = await ReadAsync(ByName, name, cancellationToken);
        return chain.Count > 0 ? chain : throw CatalogErrors.NoSuchBranch(name);
    }

    Task<IReadOnlyList<Link>> ReadAsync(string sql, object key, CancellationToken cancellationToken) => TransientRetry.RunAsync(time, async () =>
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var links = new List<Link>();
        while (await reader.ReadAsync(cancellationToken))
        {
            links.Add(new Link(
                reader.GetInt32(0),
                reader.GetString(1),
                (BranchKinds)reader.GetInt32(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3),
                reader.GetBoolean(4),
                reader.IsDBNull(5) ? null : reader.GetInt64(5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6)));
        }

        return (IReadOnlyList<Link>)links;
    }, cancellationToken);

    Task<(long Id, int BranchId, DateTimeOffset At)?> CommitAsync(string sql, object[] parameters, CancellationToken cancellationToken) => TransientRetry.RunAsync(time, async () =>
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2))
            : ((long Id, int BranchId, DateTimeOffset At)?)null;
    }, cancellationToken);

    sealed record Link(int Id, string Name, BranchKinds Kind, long? ParentCommit, bool IsProtected, long? HeadId, DateTimeOffset? HeadAt);
}
