using System.Linq.Expressions;
using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Branches;

/// <summary>Branches and tags: made and dropped by one row each, however many tables they show.</summary>
internal sealed class BranchStore(
    IDbContextFactory<CatalogDb> databases, NpgsqlDataSource database, CatalogReads reads, LakeViews views, BranchPins pins, History.PastStates past, TimeProvider time)
{
    // It starts at what a branch or tag is at this moment: while that row is locked it neither moves nor goes, and whoever asks after its next commit whose files are needed knows of the new one.
    const string Create = """
        WITH start AS (SELECT b.id, b.parent_id, b.parent_commit, b.head_commit_id FROM branches b WHERE b.name = $3 AND b.dropped_at IS NULL FOR SHARE), made AS (
            INSERT INTO branches (name, kind, parent_id, parent_commit, created_at, created_by, is_protected, expires_at)
            SELECT $1, $2, CASE WHEN s.head_commit_id IS NULL THEN coalesce(s.parent_id, s.id) ELSE s.id END, coalesce(s.head_commit_id, s.parent_commit, 0), $4, $5, $6, $7 FROM start s
            RETURNING parent_id, parent_commit)
        SELECT p.name, made.parent_commit, h.at FROM made JOIN branches p ON p.id = made.parent_id LEFT JOIN commits h ON h.id = made.parent_commit
        """;

    // A past state was pinned, and the pin becomes the branch.
    const string Turn = """
        WITH made AS (
            UPDATE branches SET name = $1, kind = $2, created_at = $4, created_by = $5, is_protected = $6, expires_at = $7 WHERE id = $3 AND dropped_at IS NULL RETURNING parent_id, parent_commit)
        SELECT p.name, made.parent_commit, h.at FROM made JOIN branches p ON p.id = made.parent_id LEFT JOIN commits h ON h.id = made.parent_commit
        """;

    static readonly Expression<Func<Joined, BranchBody>> Body = j => new BranchBody(
        j.Branch.Name,
        j.Branch.Kind == BranchKinds.Tag ? "tag" : "branch",
        j.Parent != null ? j.Parent.Name : null,
        j.Branch.ParentCommit,
        j.Head != null ? j.Head.Id : null,
        j.Head != null ? j.Head.At : null,
        j.Branch.HeadCommitId != null,
        j.Branch.IsProtected,
        j.Branch.CreatedAt,
        j.Branch.CreatedBy,
        j.Branch.ExpiresAt,
        "");

    /// <summary>Makes a branch or tag of a state of the lake.</summary>
    /// <exception cref="ApiException">400: no such name. 404: no such state. 409: the name is taken, or files of that state are gone.</exception>
    public async Task<BranchBody> CreateAsync(string? name, LakeRef from, BranchKinds kind, bool isProtected, TimeSpan? retention, string author, CancellationToken cancellationToken)
    {
        if (BranchNames.Problem(name) is { } problem)
        {
            throw CatalogErrors.BadRequest($"the branch name '{Naming.NamespaceName.Shown(name)}' {problem}");
        }

        var now = StoredTime.Now(time);
        var row = new BranchRow { Name = name!, Kind = kind, CreatedAt = now, CreatedBy = author, IsProtected = isProtected, ExpiresAt = now + retention };
        try
        {
            return from.IsHead
                ? await MakeAsync(Create, from.Branch, row, cancellationToken) ?? throw CatalogErrors.NoSuchBranch(from.Branch)
                : await TurnAsync(from, row, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw CatalogErrors.BranchExists(name!);
        }
        catch (NpgsqlException exception) when (exception.IsTransient)
        {
            throw CatalogErrors.ChangeInDoubt();
        }
    }

    /// <summary>Starts at a past state, whose files may be gone: it is pinned first, and looked at.</summary>
    async Task<BranchBody> TurnAsync(LakeRef from, BranchRow row, CancellationToken cancellationToken)
    {
        var state = (await views.ResolveAsync(from, cancellationToken)).Pinned();
        var pin = await pins.TakeAsync(state.Start, cancellationToken);
        try
        {
            await past.DemandAsync(state, pin, tables: null, cancellationToken);
            return await MakeAsync(Turn, pin, row, cancellationToken) ?? throw CatalogErrors.Unavailable($"It took too long to see whether all files of {from.Text} are there: try again.");
        }
        finally
        {
            // By now it has its name, or is of no use.
            await pins.ReleaseAsync(pin);
        }
    }

    async Task<BranchBody?> MakeAsync(string sql, object start, BranchRow row, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in (object?[])[row.Name, (int)row.Kind, start, row.CreatedAt, row.CreatedBy, row.IsProtected, row.ExpiresAt])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var (parent, commit, at) = (reader.GetString(0), reader.GetInt64(1), reader.IsDBNull(2) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(2));
        return new BranchBody(
            row.Name,
            row.Kind == BranchKinds.Tag ? "tag" : "branch",
            parent,
            commit,
            commit == 0 ? null : commit,
            commit == 0 ? null : at ?? await AtAsync(commit, cancellationToken),
            HasCommits: false,
            row.IsProtected,
            row.CreatedAt,
            row.CreatedBy,
            row.ExpiresAt,
            LakeRef.Parse(row.Name).Prefix);
    }

    /// <summary>When a commit was that the statement waited for, and so did not see.</summary>
    Task<DateTimeOffset> AtAsync(long commit, CancellationToken cancellationToken) =>
        reads.QueryAsync(db => db.Commits.Where(c => c.Id == commit).Select(c => c.At).SingleAsync(cancellationToken), cancellationToken);

    /// <summary>A branch or tag.</summary>
    /// <exception cref="ApiException">404: there is none of that name.</exception>
    public async Task<BranchBody> GetAsync(string name, CancellationToken cancellationToken) =>
        (await reads.QueryAsync(db => Live(db).Where(j => j.Branch.Name == name).Select(Body).FirstOrDefaultAsync(cancellationToken), cancellationToken) ?? throw CatalogErrors.NoSuchBranch(name)).Shown();

    /// <summary>Branches and tags by name, after another.</summary>
    public async Task<IReadOnlyList<BranchBody>> ListAsync(string? kind, string? prefix, Iceberg.Pages.Page page, CancellationToken cancellationToken)
    {
        var rows = await reads.QueryAsync(
            db => Live(db)
                .Where(j => (kind == null || (j.Branch.Kind == BranchKinds.Tag) == (kind == "tag")) && (prefix == null || j.Branch.Name.StartsWith(prefix)) && j.Branch.Name.CompareTo(page.After) > 0)
                .OrderBy(j => j.Branch.Name).Take(page.Limit).Select(Body).ToListAsync(cancellationToken),
            cancellationToken);
        return rows.Select(row => row.Shown()).ToList();
    }

    /// <summary>Drops a branch or tag. What started at it keeps what it sees.</summary>
    /// <exception cref="ApiException">400: <c>main</c>. 404: there is none of that name. 409: it is protected, or its newest commit is not the expected one.</exception>
    public async Task DropAsync(string name, long? expectedHead, CancellationToken cancellationToken)
    {
        if (name == BranchRow.Main)
        {
            throw CatalogErrors.BadRequest("main is the lake itself: it cannot be dropped");
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await LockAsync(db, name, cancellationToken);
        if (row.IsProtected)
        {
            throw new ApiException(409, $"'{name}' is protected: lift the protection first.", "ProtectedException");
        }

        if (expectedHead is { } expected && expected != (row.HeadCommitId ?? row.ParentCommit ?? 0))
        {
            throw CatalogErrors.CommitFailed($"The newest commit of '{name}' is {row.HeadCommitId ?? row.ParentCommit ?? 0}, not {expected}: look at what came since, and try again.");
        }

        row.DroppedAt = StoredTime.Now(time);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Changes protection or retention.</summary>
    public async Task<BranchBody> PatchAsync(string name, bool? isProtected, TimeSpan? retention, CancellationToken cancellationToken)
    {
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var row = await LockAsync(db, name, cancellationToken);
            row.IsProtected = isProtected ?? row.IsProtected;
            if (retention is { } kept)
            {
                row.ExpiresAt = kept == TimeSpan.Zero ? null : name == BranchRow.Main ? throw CatalogErrors.BadRequest("main is the lake itself: it has no retention") : StoredTime.Now(time) + kept;
            }

            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return await GetAsync(name, cancellationToken);
    }

    static async Task<BranchRow> LockAsync(CatalogDb db, string name, CancellationToken cancellationToken) =>
        (await db.Branches.FromSql($"SELECT * FROM branches WHERE name = {name} AND dropped_at IS NULL FOR UPDATE").ToListAsync(cancellationToken)) is [var row] ? row : throw CatalogErrors.NoSuchBranch(name);

    static IQueryable<Joined> Live(CatalogDb db) =>
        from branch in db.Branches
        where branch.DroppedAt == null && !branch.Name.StartsWith(BranchPins.Mark)
        join parent in db.Branches on branch.ParentId equals (int?)parent.Id into parents
        from parent in parents.DefaultIfEmpty()
        join head in db.Commits on branch.HeadCommitId ?? branch.ParentCommit equals (long?)head.Id into heads
        from head in heads.DefaultIfEmpty()
        select new Joined { Branch = branch, Parent = parent, Head = head };

    sealed class Joined
    {
        public required BranchRow Branch { get; init; }

        public BranchRow? Parent { get; init; }

        public CommitRow? Head { get; init; }
    }
}

file static class BranchBodyExtensions
{
    public static BranchBody Shown(this BranchBody body) => body with { Prefix = LakeRef.Parse(body.Name).Prefix };
}
