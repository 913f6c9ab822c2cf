using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.Commits;

/// <summary>What a commit has to know before it may happen, read in one round trip behind the branch's lock.</summary>
internal sealed class CommitChecks
{
    const string LockWait = "SET LOCAL lock_timeout = '20s'";

    // Each statement sees what was committed before it began; all that follow begin after the lock was granted.
    const string Lock = "SELECT id FROM branches WHERE name = $1 FOR UPDATE";
    const string Head = "SELECT c.id, c.at FROM branches b JOIN commits c ON c.id = b.head_commit_id WHERE b.name = $1";
    const string Current = "SELECT p.table_id, p.id FROM pointers p JOIN branches b ON b.id = p.branch_id WHERE b.name = $1 AND p.to_commit IS NULL AND p.table_id = ANY ($2)";
    const string Names = """
        SELECT p.id, p.namespace, p.name FROM pointers p JOIN branches b ON b.id = p.branch_id
        JOIN unnest($2::text[], $3::text[]) AS wanted (namespace, name) ON wanted.namespace = p.namespace AND wanted.name = p.name
        WHERE b.name = $1 AND p.to_commit IS NULL
        UNION ALL
        SELECT -1, d.namespace, d.name FROM delta_tables d JOIN unnest($2::text[], $3::text[]) AS wanted (namespace, name) ON wanted.namespace = d.namespace AND wanted.name = d.name
        """;
    const string Namespaces = "SELECT name FROM namespaces WHERE name = ANY ($1)";
    const string Locations = """
        SELECT wanted.location, p.namespace, p.name FROM unnest($1::uuid[], $2::text[]) AS wanted (id, location)
        JOIN pointers p ON p.to_commit IS NULL AND p.table_id <> wanted.id
            AND (p.location = wanted.location OR starts_with(p.location, wanted.location || '/') OR starts_with(wanted.location, p.location || '/'))
        LIMIT 1
        """;
    const string Cursors = "SELECT scope, value FROM cursors WHERE scope = ANY ($1)";
    const string Items = """
        SELECT i.scope, i.key, i.fingerprint, i.commit_id FROM items i JOIN unnest($1::text[], $2::text[]) AS wanted (scope, key) ON wanted.scope = i.scope AND wanted.key = i.key
        WHERE i.expires_at IS NULL OR i.expires_at > $3
        """;

    // The row stays locked until the commit is over, so that the run cannot be cancelled or taken over in between.
    const string Run = "SELECT state, attempt FROM runs WHERE id = $1 FOR SHARE";
    const string NextId = "SELECT nextval(pg_get_serial_sequence('commits', 'id'))";

    public int? BranchId { get; private set; }

    public long? HeadId { get; private set; }

    public DateTimeOffset? HeadAt { get; private set; }

    public long CommitId { get; private set; }

    readonly Dictionary<Guid, long> current = [];
    readonly List<(long Pointer, string Namespace, string Name)> taken = [];
    readonly HashSet<string> namespaces = new(StringComparer.Ordinal);
    (string Location, TableName By)? overlap;
    (string State, int Attempt)? run;
    readonly Dictionary<string, string> cursors = new(StringComparer.Ordinal);
    readonly List<StoredItem> items = [];

    public static async Task<CommitChecks> ReadAsync(NpgsqlConnection connection, CommitRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var targets = request.Pointers.Select(p => p.Next?.Name).OfType<TableName>().ToList();
        var moves = request.Pointers.Where(p => p is { IsNewLocation: true, Next: not null }).ToList();

        // A lone array is one parameter, not a list of them: hence the casts.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(LockWait),
                Sql.Command(Lock, request.Branch),
                Sql.Command(Head, request.Branch),
                Sql.Command(Current, request.Branch, request.Pointers.Select(p => p.TableId).Concat(request.Guards.Select(g => g.TableId)).ToArray()),
                Sql.Command(Names, request.Branch, targets.Select(t => t.Namespace.Text).ToArray(), targets.Select(t => t.Name).ToArray()),
                Sql.Command(Namespaces, (object)targets.Select(t => t.Namespace.Text).Distinct(StringComparer.Ordinal).ToArray()),
                Sql.Command(Locations, moves.Select(p => p.TableId).ToArray(), moves.Select(p => p.Next!.Figures.Location).ToArray()),
                Sql.Command(Cursors, (object)request.Cursors.Select(c => c.Scope).ToArray()),
                Sql.Command(Items, request.Items.Select(i => i.Scope).ToArray(), request.Items.Select(i => i.Key).ToArray(), now),
                Sql.Command(Run, request.RunId ?? -1),
                Sql.Command(NextId),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var checks = new CommitChecks();
        Action<NpgsqlDataReader>[] readers =
        [
            r => checks.BranchId = r.GetInt32(0),
            r => (checks.HeadId, checks.HeadAt) = (r.GetInt64(0), r.GetFieldValue<DateTimeOffset>(1)),
            r => checks.current[r.GetGuid(0)] = r.GetInt64(1),
            r => checks.taken.Add((r.GetInt64(0), r.GetString(1), r.GetString(2))),
            r => checks.namespaces.Add(r.GetString(0)),
            r => checks.overlap = (r.GetString(0), new TableName(NamespaceName.FromDatabase(r.GetString(1)), r.GetString(2))),
            r => checks.cursors[r.GetString(0)] = r.GetString(1),
            r => checks.items.Add(new StoredItem(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3))),
            r => checks.run = (r.GetString(0), r.GetInt32(1)),
            r => checks.CommitId = r.GetInt64(0),
        ];
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

    /// <summary>Why the commit may not happen; null when it may.</summary>
    public CommitOutcome? Refusal(CommitRequest request)
    {
        if (request.RunId is { } runId && run is { } found && (found.State != "running" || (request.RunAttempt is { } attempt && attempt != found.Attempt)))
        {
            return new CommitOutcome.RunOver(runId, found.State, found.Attempt);
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
        var clash = taken.Where(t => !replaced.Contains(t.Pointer)).Select(t => (CommitOutcome)new CommitOutcome.NameTaken(new TableName(NamespaceName.FromDatabase(t.Namespace), t.Name)));
        var missing = request.Pointers.Select(p => p.Next?.Name.Namespace).OfType<NamespaceName>().Where(n => !namespaces.Contains(n.Text));
        return clash.FirstOrDefault()
            ?? missing.Select(n => (CommitOutcome)new CommitOutcome.NoNamespace(n)).FirstOrDefault()
            ?? (overlap is { } found ? new CommitOutcome.LocationTaken(found.Location, found.By) : null);
    }
}
