using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.Commits;

/// <summary>What a commit has to know before it may happen, read in one round trip behind the branch's lock.</summary>
internal sealed class CommitChecks
{
    const string LockWait = "SET LOCAL lock_timeout = '20s'";

    // Each statement sees what was committed before it began; all that follow begin after the lock was granted.
    const string Lock = "SELECT name, is_protected FROM branches WHERE id = $1 AND kind = 0 AND dropped_at IS NULL FOR UPDATE";
    const string Head = "SELECT c.id, c.at, b.head_commit_id IS NULL FROM branches b JOIN commits c ON c.id = coalesce(b.head_commit_id, b.parent_commit) WHERE b.id = $1";

    // Locations are of all branches: who brings one waits for others that do. Nobody who has this lock waits for a branch.
    const string LockLocations = "SELECT pg_advisory_xact_lock(7272)";

    // A location is taken when another's is the same, lies around it, or lies within it. Each is looked up with its own parents alone: a merge may bring thousands.
    const string Locations = """
        (SELECT wanted.location, a.namespace, a.name FROM unnest($1::uuid[], $2::text[], $3::text[]) AS wanted (id, location, around)
            JOIN pointers a ON a.location = wanted.around JOIN branches b ON b.id = a.branch_id AND b.dropped_at IS NULL
            WHERE a.to_commit IS NULL AND a.kind < 2 AND a.table_id <> wanted.id LIMIT 1)
        UNION ALL
        (SELECT wanted.location, p.namespace, p.name FROM unnest($4::uuid[], $5::text[]) AS wanted (id, location)
            CROSS JOIN LATERAL (
                SELECT w.namespace, w.name FROM pointers w JOIN branches b ON b.id = w.branch_id AND b.dropped_at IS NULL
                WHERE w.location > wanted.location || '/' AND w.location < wanted.location || '0' AND w.to_commit IS NULL AND w.kind < 2 AND w.table_id <> wanted.id) AS p
            LIMIT 1)
        """;

    // The row stays locked until the commit is over, so that the run cannot be cancelled or taken over in between.
    const string Run = "SELECT state, attempt FROM runs WHERE id = $1 FOR SHARE";
    const string NextId = "SELECT nextval(pg_get_serial_sequence('commits', 'id'))";

    public string? Branch { get; private set; }

    public bool IsProtected { get; private set; }

    /// <summary>The commit that this one follows: the branch's newest, or the one that the branch started at.</summary>
    public long? HeadId { get; private set; }

    public DateTimeOffset? HeadAt { get; private set; }

    public long CommitId { get; private set; }

    /// <summary>Whether the commit has the idempotency key that it takes, and has to give it back if it is not made.</summary>
    public bool HasKey { get; private set; }

    readonly Dictionary<Guid, long> current = [];
    readonly List<(long Pointer, TableName Name, bool IsNamespace)> taken = [];
    readonly HashSet<string> namespaces = new(StringComparer.Ordinal);
    readonly List<NamespaceName> filled = [];
    (string Location, TableName By)? overlap;
    (string State, int Attempt)? run;
    readonly Dictionary<string, string?> cursors = new(StringComparer.Ordinal);
    readonly List<StoredItem> items = [];
    readonly Recovery.RecoveryChecks recovery = new();

    public static async Task<CommitChecks> ReadAsync(NpgsqlConnection connection, CommitRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var checks = new CommitChecks();
        await using var batch = new NpgsqlBatch(connection);
        var readers = new List<Action<NpgsqlDataReader>>();
        void Add(Action<NpgsqlDataReader> read, string text, params object?[] parameters)
        {
            batch.BatchCommands.Add(Sql.Command(text, parameters));
            readers.Add(read);
        }

        batch.BatchCommands.Add(Sql.Command(LockWait));
        var branch = request.View.BranchId;
        Add(r => (checks.Branch, checks.IsProtected) = (r.GetString(0), r.GetBoolean(1)), Lock, branch);
        Add(r => (checks.HeadId, checks.HeadAt) = (r.GetInt64(0), r.GetFieldValue<DateTimeOffset>(1)), Head, branch);
        checks.AddPointers(Add, request);
        checks.recovery.Add(Add, request);
        checks.AddPositions(Add, request, now);
        if (request.RunId is { } runId)
        {
            Add(r => checks.run = (r.GetString(0), r.GetInt32(1)), Run, runId);
        }

        if (request.Claim is { } claim)
        {
            var (text, parameters) = Idempotency.IdempotencyKeys.Claim(claim, now);
            Add(_ => checks.HasKey = true, text, parameters);
        }

        Add(r => checks.CommitId = r.GetInt64(0), NextId);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var read in readers)
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                read(reader);
            }

            await reader.NextResultAsync(cancellationToken);
        }

        return checks;
    }

    void AddPointers(Adder add, CommitRequest request)
    {
        var levels = request.View.Levels;
        var touched = request.Pointers.Where(p => p.Base is not null).Select(p => p.TableId).Concat(request.Pointers.Where(p => p.Base is null).Select(p => p.TableId)).Concat(request.Guards.Select(g => g.TableId)).ToArray();
        if (touched.Length > 0)
        {
            // A lone array is one parameter, not a list of them: hence the casts.
            add(r => current[r.GetGuid(0)] = r.GetInt64(1), ViewSql.Pointers(levels, "p.table_id = ANY ($1)", withDropped: true, "p.table_id, p.id"), (object)touched);
        }

        var targets = request.Pointers.Where(p => !p.KeepsName).Select(p => p.Next).OfType<PointerTarget>().ToList();
        if (targets.Count > 0)
        {
            add(
                r => taken.Add((r.GetInt64(0), new TableName(NamespaceName.FromDatabase(r.GetString(1)), r.GetString(2)), r.GetBoolean(3))),
                ViewSql.Pointers(levels, "(p.namespace, p.name) IN (SELECT * FROM unnest($1::text[], $2::text[]))", columns: "p.id, p.namespace, p.name, p.kind = 2"),
                targets.Select(t => t.Name.Namespace.Text).ToArray(),
                targets.Select(t => t.Name.Name).ToArray());
            var around = targets.Select(t => t.Name.Namespace).Where(n => n.Text.Length > 0).Distinct().Select(n => n.AsEntry()).ToList();
            add(
                r => namespaces.Add(NamespaceName.Within(r.GetString(0), r.GetString(1)).Text),
                ViewSql.Pointers(levels, "p.kind = 2 AND (p.namespace, p.name) IN (SELECT * FROM unnest($1::text[], $2::text[]))", columns: "p.namespace, p.name"),
                around.Select(n => n.Namespace.Text).ToArray(),
                around.Select(n => n.Name).ToArray());
        }

        if (request.Pointers.Select(p => p.MustBeEmpty).OfType<NamespaceName>().ToList() is { Count: > 0 } emptied)
        {
            var dropped = request.Pointers.Where(p => p.Next is null || !emptied.Contains(p.Next.Name.Namespace)).Select(p => p.TableId).ToArray();
            add(
                r => filled.Add(NamespaceName.FromDatabase(r.GetString(0))),
                "SELECT DISTINCT v.namespace FROM (" + ViewSql.Pointers(levels, "p.namespace = ANY ($1) AND p.table_id <> ALL ($2)", columns: "p.namespace") + ") AS v",
                emptied.Select(n => n.Text).ToArray(),
                dropped);
        }

        if (request.Pointers.Where(p => p is { IsNewLocation: true, Next: not null }).ToList() is { Count: > 0 } moves)
        {
            add(_ => { }, LockLocations);
            var around = moves.SelectMany(p => Around(p.Next!.Figures.Location).Select(location => (p.TableId, p.Next!.Figures.Location, Around: location))).ToList();
            add(
                r => overlap = (r.GetString(0), new TableName(NamespaceName.FromDatabase(r.GetString(1)), r.GetString(2))),
                Locations,
                around.Select(w => w.TableId).ToArray(),
                around.Select(w => w.Location).ToArray(),
                around.Select(w => w.Around).ToArray(),
                moves.Select(p => p.TableId).ToArray(),
                moves.Select(p => p.Next!.Figures.Location).ToArray());
        }
    }

    void AddPositions(Adder add, CommitRequest request, DateTimeOffset now)
    {
        var layers = ViewSql.Rows(request.View.Levels);
        if (request.Cursors.Count > 0)
        {
            add(
                r => cursors[r.GetString(0)] = r.IsDBNull(1) ? null : r.GetString(1),
                PositionSql.Cursors(request.View.Levels, "c.scope = ANY ($1)"),
                (object)request.Cursors.Select(c => c.Scope).ToArray());
        }

        if (request.Items.Count > 0)
        {
            add(
                r => items.Add(new StoredItem(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3))),
                $"""
                SELECT i.scope, i.key, i.fingerprint, i.commit_id FROM unnest($1::text[], $2::text[]) AS wanted (scope, key) CROSS JOIN {layers}
                JOIN items i ON i.scope = wanted.scope AND i.key = wanted.key AND {PositionSql.SeenItem(request.View.Levels)}
                WHERE i.expires_at IS NULL OR i.expires_at > $3
                """,
                request.Items.Select(i => i.Scope).ToArray(),
                request.Items.Select(i => i.Key).ToArray(),
                now);
        }
    }

    /// <summary>Why the commit may not happen; null when it may.</summary>
    public CommitOutcome? Refusal(CommitRequest request)
    {
        // First of all: whatever the state of the tables has become since, the first answer holds.
        if (request.Claim is not null && !HasKey)
        {
            return new CommitOutcome.KeyUsed();
        }

        if (Branch is null)
        {
            return new CommitOutcome.NoBranch(request.View.Branch);
        }

        if (IsProtected && !request.PassesProtection)
        {
            return new CommitOutcome.Protected(Branch);
        }

        if (request.ExpectedHead is { } expected && expected != (HeadId ?? 0))
        {
            return new CommitOutcome.HeadElsewhere(Branch, expected, HeadId ?? 0);
        }

        if (request.RunId is { } runId && run is { } found && (found.State != "running" || (request.RunAttempt is { } attempt && attempt != found.Attempt)))
        {
            return new CommitOutcome.RunOver(runId, found.State, found.Attempt);
        }

        if (recovery.Refusal(request) is { } refusal)
        {
            return refusal;
        }

        // Items first: a writer that learns that its work is done already needs to know nothing else.
        if (items.Count > 0)
        {
            var scope = items[0].Scope;
            return new CommitOutcome.ItemsPresent(scope, items.Where(i => i.Scope == scope).ToList());
        }

        foreach (var move in request.Cursors)
        {
            var stored = cursors.GetValueOrDefault(move.Scope);
            if (stored != move.Expected)
            {
                return new CommitOutcome.CursorElsewhere(move.Scope, stored);
            }
        }

        return PointerRefusal(request);
    }

    CommitOutcome? PointerRefusal(CommitRequest request)
    {
        var expected = request.Pointers.Select(p => (p.TableId, p.Base)).Concat(request.Guards.Select(g => (g.TableId, Base: (long?)g.Base)));
        var moved = expected.Where(e => (current.TryGetValue(e.TableId, out var pointer) ? pointer : (long?)null) != e.Base).Select(e => e.TableId).ToList();
        if (moved.Count > 0)
        {
            return new CommitOutcome.Moved(moved);
        }

        var replaced = request.Pointers.Select(p => p.Base).OfType<long>().ToHashSet();
        var wanted = request.Pointers.Select(p => p.Next).OfType<PointerTarget>().Select(t => (t.Name, t.Kind == PointerKind.Namespace)).ToHashSet();
        var clash = taken.Where(t => !replaced.Contains(t.Pointer) && wanted.Contains((t.Name, t.IsNamespace))).Select(t => (CommitOutcome)new CommitOutcome.NameTaken(t.Name, t.IsNamespace));
        var created = request.Pointers.Select(p => p.Next).OfType<PointerTarget>().Where(t => t.Kind == PointerKind.Namespace).Select(t => NamespaceName.Within(t.Name.Namespace.Text, t.Name.Name).Text).ToHashSet(StringComparer.Ordinal);
        var missing = request.Pointers.Where(p => !p.KeepsName).Select(p => p.Next?.Name.Namespace).OfType<NamespaceName>().Where(n => n.Text.Length > 0 && !namespaces.Contains(n.Text) && !created.Contains(n.Text));
        return clash.FirstOrDefault()
            ?? missing.Select(n => (CommitOutcome)new CommitOutcome.NoNamespace(n)).FirstOrDefault()
            ?? filled.Select(n => (CommitOutcome)new CommitOutcome.NamespaceFilled(n)).FirstOrDefault()
            ?? (overlap is { } found ? new CommitOutcome.LocationTaken(found.Location, found.By) : null);
    }

    /// <summary>A location and all folders around it.</summary>
    static IEnumerable<string> Around(string location)
    {
        for (var end = location.Length; end > 0; end = location.LastIndexOf('/', end - 1))
        {
            yield return location[..end];
        }
    }

    delegate void Adder(Action<NpgsqlDataReader> read, string text, params object?[] parameters);
}
