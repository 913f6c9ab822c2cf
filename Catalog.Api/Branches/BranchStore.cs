using System.Linq.Expressions;
using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Branches;

/// <summary>Branches and tags: made and dropped by one row each, however many tables they show.</summary>
internal sealed class BranchStore(IDbContextFactory<CatalogDb> databases, CatalogReads reads, LakeViews views, TimeProvider time)
{
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
    /// <exception cref="ApiException">400: no such name. 404: no such state. 409: the name is taken.</exception>
    public async Task<BranchBody> CreateAsync(string? name, LakeRef from, BranchKinds kind, bool isProtected, TimeSpan? retention, string author, CancellationToken cancellationToken)
    {
        if (BranchNames.Problem(name) is { } problem)
        {
            throw CatalogErrors.BadRequest($"the branch name '{Naming.NamespaceName.Shown(name)}' {problem}");
        }

        var view = await views.ResolveAsync(from, cancellationToken);
        var start = view.Pinned().Levels.First(level => level.Commit != 0 || level == view.Pinned().Levels[^1]);
        var now = StoredTime.Now(time);
        var row = new BranchRow
        {
            Name = name!,
            Kind = kind,
            ParentId = start.BranchId,
            ParentCommit = start.Commit,
            CreatedAt = now,
            CreatedBy = author,
            IsProtected = isProtected,
            ExpiresAt = now + retention,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Branches.Add(row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw CatalogErrors.BranchExists(name!);
        }

        return await GetAsync(name!, cancellationToken);
    }

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
        where branch.DroppedAt == null
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
