using Npgsql;

namespace LakeAspire.Catalog.Commits;

/// <summary>What a commit writes, in one round trip.</summary>
internal static class CommitWrites
{
    const string Commit = """
        INSERT INTO commits (id, branch_id, parent_id, at, author, message, run_id, kind, merged_branch_id, merged_commit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    // What came from the parent stays there: the row that is opened lies over it.
    const string Close = "UPDATE pointers SET to_commit = $1 WHERE id = ANY ($2) AND branch_id = $3";
    const string Bury = """
        INSERT INTO pointers (branch_id, from_commit, dropped, table_id, kind, namespace, name, metadata_location, location, format_version, snapshot_id, rows, files, bytes, properties, owner)
        SELECT $1, $2, true, table_id, kind, namespace, name, metadata_location, location, format_version, snapshot_id, rows, files, bytes, properties, owner FROM pointers WHERE id = ANY ($3)
        """;
    const string Purges = """
        INSERT INTO purges (table_id, commit_id, branch_id, location, due_at, state, files)
        SELECT p.table_id, $1, $2, p.location, w.due, 'waiting', 0 FROM unnest($3::bigint[], $4::timestamptz[]) AS w (id, due) JOIN pointers p ON p.id = w.id
        """;
    const string Tables = "INSERT INTO tables (id, created_at) SELECT t, $2 FROM unnest($1::uuid[]) AS t ON CONFLICT DO NOTHING";
    const string Open = """
        INSERT INTO pointers (branch_id, from_commit, dropped, table_id, kind, namespace, name, metadata_location, location, format_version, snapshot_id, rows, files, bytes, properties, owner)
        SELECT $1, $2, false, t.id, t.kind, t.namespace, t.name, t.metadata_location, t.location, t.format_version, t.snapshot_id, t.rows, t.files, t.bytes, t.properties::jsonb, t.owner
        FROM unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[])
            AS t (id, kind, namespace, name, metadata_location, location, format_version, snapshot_id, rows, files, bytes, properties, owner)
        """;
    const string CloseCursors = "UPDATE cursors SET to_commit = $1 WHERE branch_id = $2 AND to_commit IS NULL AND scope = ANY ($3)";
    const string Cursors = "INSERT INTO cursors (branch_id, scope, value, from_commit, at) SELECT $3, c.scope, c.value, $4, $5 FROM unnest($1::text[], $2::text[]) AS c (scope, value)";

    const string CloseItems = """
        UPDATE items i SET to_commit = $4 FROM unnest($1::text[], $2::text[]) AS r (scope, key) WHERE i.scope = r.scope AND i.key = r.key AND i.branch_id = $3 AND i.to_commit IS NULL
        """;

    // What came from the parent stays there: a row that never held lies over it, as long as that is kept.
    const string HideItems = """
        INSERT INTO items (scope, key, fingerprint, expires_at, origin_commit, commit_id, to_commit, branch_id)
        SELECT r.scope, r.key, '', r.expires_at, r.origin, $6, $6, $5 FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[]) AS r (scope, key, expires_at, origin)
        WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.scope = r.scope AND i.key = r.key AND i.branch_id = $5 AND i.to_commit = $6)
        """;

    // What is there still has expired but not been swept, and gives way; what was taken back stays for the branches that started before.
    const string ExpiredItems = """
        DELETE FROM items i USING unnest($1::text[], $2::text[]) AS r (scope, key) WHERE i.scope = r.scope AND i.key = r.key AND i.branch_id = $3 AND i.to_commit IS NULL
        """;
    const string Items = """
        INSERT INTO items (scope, key, fingerprint, expires_at, origin_commit, commit_id, branch_id) SELECT i.*, $6, $7 FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[]) AS i
        """;
    const string Head = "UPDATE branches SET head_commit_id = $2 WHERE id = $1";

    public static async Task ExecuteAsync(NpgsqlConnection connection, CommitRequest request, CommitChecks checks, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var branch = request.View.BranchId;
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { Sql.Command(Commit, checks.CommitId, branch, checks.HeadId, at, request.Author, request.Message, request.RunId, request.Kind, request.Merged?.BranchId, request.Merged?.Commit) },
        };
        AddPointers(batch, request, checks.CommitId, branch, at);
        if (request.Cursors.Count > 0)
        {
            var scopes = request.Cursors.Select(c => c.Scope).ToArray();
            batch.BatchCommands.Add(Sql.Command(CloseCursors, checks.CommitId, branch, scopes));
            batch.BatchCommands.Add(Sql.Command(Cursors, scopes, request.Cursors.Select(c => c.Next).ToArray(), branch, checks.CommitId, at));
        }

        if (request.RemovedItems.Count > 0)
        {
            var (scopes, keys) = (request.RemovedItems.Select(i => i.Scope).ToArray(), request.RemovedItems.Select(i => i.Key).ToArray());
            batch.BatchCommands.Add(Sql.Command(CloseItems, scopes, keys, branch, checks.CommitId));
            batch.BatchCommands.Add(Sql.Command(
                HideItems, scopes, keys, request.RemovedItems.Select(i => i.ExpiresAt).ToArray(), request.RemovedItems.Select(i => i.Origin).ToArray(), branch, checks.CommitId));
        }

        if (request.Items.Count > 0)
        {
            batch.BatchCommands.Add(Sql.Command(ExpiredItems, request.Items.Select(i => i.Scope).ToArray(), request.Items.Select(i => i.Key).ToArray(), branch));
            batch.BatchCommands.Add(Sql.Command(
                Items,
                request.Items.Select(i => i.Scope).ToArray(),
                request.Items.Select(i => i.Key).ToArray(),
                request.Items.Select(i => i.Fingerprint).ToArray(),
                request.Items.Select(i => at + i.Retention).ToArray(),
                request.Items.Select(i => i.Origin).ToArray(),
                checks.CommitId,
                branch));
        }

        if (request.Claim is { } claim)
        {
            batch.BatchCommands.Add(Idempotency.IdempotencyKeys.Name(claim, checks.CommitId));
        }

        if (request.Lineage is { } lineage)
        {
            batch.BatchCommands.Add(Lineage.Ingest.CommitInbox.Keep(checks.CommitId, lineage));
        }

        batch.BatchCommands.Add(Sql.Command(Head, branch, checks.CommitId));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    static void AddPointers(NpgsqlBatch batch, CommitRequest request, long commitId, int branch, DateTimeOffset at)
    {
        var closed = request.Pointers.Select(p => p.Base).OfType<long>().ToArray();
        if (closed.Length > 0)
        {
            batch.BatchCommands.Add(Sql.Command(Close, commitId, closed, branch));
        }

        var buried = request.Pointers.Where(p => p is { Next: null, Base: not null }).Select(p => p.Base!.Value).ToArray();
        if (buried.Length > 0)
        {
            batch.BatchCommands.Add(Sql.Command(Bury, branch, commitId, buried));
        }

        var purged = request.Pointers.Where(p => p is { Next: null, Base: not null, PurgeAt: not null }).ToList();
        if (purged.Count > 0)
        {
            batch.BatchCommands.Add(Sql.Command(Purges, commitId, branch, purged.Select(p => p.Base!.Value).ToArray(), purged.Select(p => p.PurgeAt!.Value).ToArray()));
        }

        var opened = request.Pointers.Where(p => p.Next is not null).Select(p => (p.TableId, Next: p.Next!)).ToList();
        if (opened.Count == 0)
        {
            return;
        }

        if (request.Pointers.Where(p => p.Base is null).Select(p => p.TableId).ToArray() is { Length: > 0 } made)
        {
            batch.BatchCommands.Add(Sql.Command(Tables, made, at));
        }

        batch.BatchCommands.Add(Sql.Command(
            Open,
            branch,
            commitId,
            opened.Select(p => p.TableId).ToArray(),
            opened.Select(p => (int)p.Next.Kind).ToArray(),
            opened.Select(p => p.Next.Name.Namespace.Text).ToArray(),
            opened.Select(p => p.Next.Name.Name).ToArray(),
            opened.Select(p => p.Next.MetadataLocation).ToArray(),
            opened.Select(p => p.Next.Figures.Location).ToArray(),
            opened.Select(p => p.Next.Figures.FormatVersion).ToArray(),
            opened.Select(p => p.Next.Figures.SnapshotId).ToArray(),
            opened.Select(p => p.Next.Figures.Rows).ToArray(),
            opened.Select(p => p.Next.Figures.Files).ToArray(),
            opened.Select(p => p.Next.Figures.Bytes).ToArray(),
            opened.Select(p => p.Next.Properties).ToArray(),
            opened.Select(p => p.Next.Owner).ToArray()));
    }
}
