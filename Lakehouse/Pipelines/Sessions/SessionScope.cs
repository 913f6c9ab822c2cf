using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>
/// What a session sees and how it writes. Without a transaction every change is a commit. In one, changes of tables that fit into a single catalog commit wait for it; what does not fit, such as a rename, takes the transaction to a
/// branch of its own, whose merge is the commit. So the common transaction, of one or several written tables, costs what its tables cost, and every other is as whole.
/// </summary>
internal sealed class SessionScope(LakeSessions sessions) : IAsyncDisposable
{
    static readonly TimeSpan SideRetention = TimeSpan.FromDays(1);

    readonly Dictionary<(string Namespace, string Name), LakeEntry?> own = new(NameComparer.Instance);
    readonly List<NameChange> changes = [];
    TableTransaction? staged;
    readonly HashSet<(string, string)> stagedNames = new(NameComparer.Instance);
    readonly HashSet<(string, string)> replaced = new(NameComparer.Instance);
    readonly HashSet<(string, string)> unreadable = new(NameComparer.Instance);
    Func<Lake, Task>? deferred;
    (string Branch, Lake Lake)? side;
    string message = "";

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>Whether the open transaction can but be rolled back.</summary>
    public bool IsAborted { get; set; }

    /// <summary>The lake as the session reads it.</summary>
    public Lake Lake => side?.Lake ?? sessions.Lake;

    public void Begin(string what)
    {
        if (InTransaction)
        {
            throw SessionException.Invalid("TransactionContext Error: cannot start a transaction within a transaction");
        }

        (InTransaction, IsAborted, message) = (true, false, what);
    }

    public LakeEntry? Find(string ns, string name) => own.TryGetValue((ns, name), out var entry) ? entry : sessions.Names.Find(ns, name);

    public string? FindNamespace(string ns) =>
        changes.LastOrDefault(c => c.Name is null && c.Namespace.Equals(ns, StringComparison.OrdinalIgnoreCase)) is { } change ? (change.Comes ? change.Namespace : null) : sessions.Names.FindNamespace(ns);

    public IReadOnlyList<string> Namespaces() => [.. sessions.Names.Namespaces().Concat(changes.Where(c => c.Name is null).Select(c => c.Namespace)).Distinct(StringComparer.OrdinalIgnoreCase).Where(ns => FindNamespace(ns) is not null).Order(StringComparer.Ordinal)];

    public IReadOnlyList<LakeEntry> Entries(string? ns = null) =>
        [.. sessions.Names.Entries(ns).Where(e => !own.ContainsKey((e.Identifier.Namespace, e.Identifier.Name)))
            .Concat(own.Values.OfType<LakeEntry>().Where(e => ns is null || e.Identifier.Namespace.Equals(ns, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(e => e.Identifier.ToString(), StringComparer.Ordinal)];

    /// <summary>Makes sure that a table can be read as the transaction has left it: rows that it changed are read from a commit.</summary>
    public async Task MakeReadableAsync(TableIdentifier table, CancellationToken cancellationToken)
    {
        if (unreadable.Contains((table.Namespace, table.Name)))
        {
            await SpillAsync(cancellationToken);
        }
    }

    /// <summary>Changes a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="kind">What kind of change it is.</param>
    /// <param name="what">What is done, for people.</param>
    /// <param name="work">Does it on a transaction; gives what the name means afterwards where that is known already.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task ChangeTableAsync(TableIdentifier table, TableChangeKind kind, string what, Func<Lake, TableTransaction, Task<TableEntry?>> work, CancellationToken cancellationToken)
    {
        var name = (table.Namespace, table.Name);
        var fits = InTransaction && side is null && deferred is null && (!stagedNames.Contains(name) || kind == TableChangeKind.Metadata || (kind == TableChangeKind.Append && !replaced.Contains(name)));
        if (InTransaction && !fits && side is null)
        {
            await SpillAsync(cancellationToken);
        }

        if (!fits)
        {
            await CommitOneAsync(table, what, work, cancellationToken);
            return;
        }

        staged ??= Begin(sessions.Lake, message);
        stagedNames.Add(name);
        if (kind == TableChangeKind.Replace)
        {
            replaced.Add(name);
        }

        var entry = await work(sessions.Lake, staged);
        if (entry is null)
        {
            unreadable.Add(name);
        }
        else if (!unreadable.Contains(name))
        {
            Note(NameChange.Of(entry));
        }
    }

    /// <summary>Changes names: what the catalog does by itself.</summary>
    /// <param name="noted">What the names mean afterwards.</param>
    /// <param name="work">Does it on the lake.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task ChangeNamesAsync(IReadOnlyList<NameChange> noted, Func<Lake, Task> work, CancellationToken cancellationToken)
    {
        if (!InTransaction)
        {
            await work(sessions.Lake);
            sessions.Names.Apply(noted);
            return;
        }

        if (side is null && staged is null && deferred is null)
        {
            deferred = work;
        }
        else
        {
            await SpillAsync(cancellationToken);
            await work(side!.Value.Lake);
        }

        foreach (var change in noted)
        {
            Note(change);
        }
    }

    /// <summary>Makes the transaction's changes one commit of the branch.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        Demand();
        if (IsAborted)
        {
            await RollbackAsync();
            throw SessionException.Invalid("TransactionContext Error: Failed to commit: the transaction is aborted, and was rolled back");
        }

        try
        {
            if (side is { } branch)
            {
                await MergeAsync(branch.Branch, cancellationToken);
            }
            else if (deferred is { } work)
            {
                await work(sessions.Lake);
            }
            else if (staged is { } transaction)
            {
                var committed = await SettleAsync(transaction, cancellationToken);
                changes.AddRange(transaction.CommittedTables.Select(table => NameChange.Of(Left(table, committed) with { Files = Files(table, own.GetValueOrDefault((table.Identifier.Namespace, table.Identifier.Name)) as TableEntry) })));
            }

            sessions.Names.Apply(changes);
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>Drops the transaction's changes.</summary>
    public async Task RollbackAsync()
    {
        Demand();
        await EndAsync();
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    void Demand()
    {
        if (!InTransaction)
        {
            throw SessionException.Invalid("TransactionContext Error: cannot commit or rollback - no transaction is active");
        }
    }

    TableTransaction Begin(Lake lake, string what) => lake.BeginTransaction(sessions.Options.Author, sessions.Options.Message ?? what, sessions.Options.RunId, sessions.Options.RunAttempt);

    void Note(NameChange change)
    {
        changes.Add(change);
        if (change.Name is { } name)
        {
            own[(change.Namespace, name)] = change.Entry;
        }
        else if (!change.Comes)
        {
            foreach (var gone in own.Keys.Where(k => k.Namespace.Equals(change.Namespace, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                own[gone] = null;
            }
        }
    }

    async Task CommitOneAsync(TableIdentifier table, string what, Func<Lake, TableTransaction, Task<TableEntry?>> work, CancellationToken cancellationToken)
    {
        var lake = Lake;
        await using var transaction = Begin(lake, what);
        var entry = await work(lake, transaction);
        var committed = await SettleAsync(transaction, cancellationToken);
        var left = transaction.CommittedTables.FirstOrDefault(t => t.Identifier == table);
        if (left is null)
        {
            return;
        }

        var change = NameChange.Of(Left(left, committed) with { Files = Files(left, entry) });
        if (side is null)
        {
            sessions.Names.Apply([change]);
        }
        else
        {
            Note(change);
        }
    }

    /// <summary>Files that were written go by the snapshot that they were written for; after a conflict there are others too.</summary>
    static IReadOnlyList<Formats.Iceberg.ScanFile>? Files(LakeTable left, TableEntry? entry) =>
        entry?.Files is { } files && left.CurrentSnapshot?.SummaryNumber("total-data-files") == files.Count && left.CurrentSnapshot.SummaryNumber("total-records") == files.Sum(f => f.File.RecordCount) ? files : null;

    TableEntry Left(LakeTable table, long commit) => new(table, commit == 0 ? null : commit);

    async Task<long> SettleAsync(TableTransaction transaction, CancellationToken cancellationToken)
    {
        switch (await transaction.CommitAsync(cancellationToken))
        {
            case CommitResult.Committed committed:
                return committed.CommitId;
            case CommitResult.Conflict conflict:
                sessions.Names.Forget();
                throw new SessionException(LakehouseErrorKind.Conflict, $"TransactionContext Error: Conflict on commit: {conflict.Message}");
            case CommitResult.Unknown unknown:
                sessions.Names.Forget();
                throw new SessionException(LakehouseErrorKind.OutcomeUnknown, $"nobody knows whether the commit happened: {unknown.Reason}");
            case var other:
                throw new InvalidOperationException($"unknown outcome {other}");
        }
    }

    /// <summary>Takes the transaction to a branch of its own, with what waits in it.</summary>
    async Task SpillAsync(CancellationToken cancellationToken)
    {
        if (side is not null)
        {
            return;
        }

        var branch = $"transactions/{Guid.CreateVersion7():N}";
        await sessions.Lake.Catalog.CreateBranchAsync(branch, sessions.Lake.Catalog.Reference, SideRetention, cancellationToken: cancellationToken);
        var lake = sessions.Lake.On(branch);
        side = (branch, lake);
        if (deferred is { } work)
        {
            deferred = null;
            await work(lake);
        }

        if (staged is { } transaction)
        {
            staged = null;
            await using (transaction)
            {
                transaction.CommitTo(lake);
                var committed = await SettleAsync(transaction, cancellationToken);
                foreach (var table in transaction.CommittedTables)
                {
                    Note(NameChange.Of(Left(table, committed)));
                }
            }
        }

        unreadable.Clear();
        stagedNames.Clear();
        replaced.Clear();
    }

    async Task MergeAsync(string branch, CancellationToken cancellationToken)
    {
        var into = sessions.Lake.Catalog.Reference ?? "main";
        MergeResult merged;
        try
        {
            merged = await sessions.Lake.Catalog.MergeAsync(branch, into, sessions.Options.Message ?? message, cancellationToken: cancellationToken);
        }
        catch (LakehouseException)
        {
            sessions.Names.Forget();
            throw;
        }

        if (!merged.IsDone)
        {
            sessions.Names.Forget();
            var reasons = merged.Conflicts.Select(c => $"{(c.Namespace is null ? c.Name : $"{c.Namespace}.{c.Name}")}: {c.Reason}");
            throw new SessionException(LakehouseErrorKind.Conflict, $"TransactionContext Error: Conflict on commit: {string.Join("; ", reasons)}");
        }

        // What was put on top of another's rows is not what this transaction saw.
        foreach (var rebased in merged.Changes.Where(c => c.Action == "rebase"))
        {
            changes.Add(NameChange.Of(new TableEntry(new TableIdentifier(rebased.Namespace, rebased.Name), Commit: null)));
        }
    }

    async Task EndAsync()
    {
        var (transaction, branch) = (staged, side);
        (staged, side, deferred, InTransaction, IsAborted) = (null, null, null, false, false);
        own.Clear();
        changes.Clear();
        stagedNames.Clear();
        replaced.Clear();
        unreadable.Clear();
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
        }

        if (branch is { } left)
        {
            try
            {
                await sessions.Lake.Catalog.DropBranchAsync(left.Branch, cancellationToken: CancellationToken.None);
            }
            catch (LakehouseException)
            {
                // Its retention is a day; the catalog sweeps it then.
            }
        }
    }
}

/// <summary>What kind of change of a table it is.</summary>
internal enum TableChangeKind
{
    /// <summary>Rows come.</summary>
    Append,

    /// <summary>A table comes, with its rows.</summary>
    Create,

    /// <summary>All rows are replaced.</summary>
    Replace,

    /// <summary>Rows change.</summary>
    Rows,

    /// <summary>Columns, comments or properties change.</summary>
    Metadata,
}

/// <summary>Names as DuckDB compares them.</summary>
internal sealed class NameComparer : IEqualityComparer<(string Namespace, string Name)>
{
    public static NameComparer Instance { get; } = new();

    public bool Equals((string Namespace, string Name) x, (string Namespace, string Name) y) => x.Namespace.Equals(y.Namespace, StringComparison.OrdinalIgnoreCase) && x.Name.Equals(y.Name, StringComparison.OrdinalIgnoreCase);

    public int GetHashCode((string Namespace, string Name) name) => HashCode.Combine(name.Namespace.ToUpperInvariant(), name.Name.ToUpperInvariant());
}
