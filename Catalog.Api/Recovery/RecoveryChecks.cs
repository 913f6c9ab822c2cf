using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.Recovery;

/// <summary>What a commit has to know of protections, purges and leases, read behind the branch's lock; nothing is asked for that it does not concern.</summary>
internal sealed class RecoveryChecks
{
    // A protected namespace protects what lies below it, by the names that the branch has for namespaces now.
    const string Protected = """
        WITH gone AS (SELECT p.table_id, p.kind, p.namespace, p.name FROM pointers p WHERE p.id = ANY ($1))
        SELECT g.namespace, g.name, '' FROM gone g JOIN protections r ON r.table_id = g.table_id
        UNION ALL
        SELECT g.namespace, g.name, n.full_name FROM gone g JOIN (
            SELECT CASE WHEN s.namespace = '' THEN s.name ELSE s.namespace || E'\x1f' || s.name END AS full_name FROM ({0}) AS s) n
        ON starts_with(g.namespace || E'\x1f', n.full_name || E'\x1f')
        LIMIT 1
        """;
    const string ProtectedNamespaces = "p.kind = 2 AND p.table_id IN (SELECT r.table_id FROM protections r)";

    const string Purged = "SELECT p.location FROM purges p WHERE p.table_id = ANY ($1) AND p.state IN ('running', 'done') LIMIT 1";

    // The row stays locked until the commit is over, so that nobody takes the lease in between.
    const string Lease = "SELECT holder, token FROM leases WHERE name = $1 FOR SHARE";

    (TableName Name, NamespaceName? By)? guarded;
    string? purged;
    (string? Holder, long Token)? lease;

    public void Add(Action<Action<NpgsqlDataReader>, string, object?[]> add, CommitRequest request)
    {
        if (request.Pointers.Where(p => p.Base is not null && (p.Next is null || p.IsRename)).Select(p => p.Base!.Value).ToArray() is { Length: > 0 } leaving)
        {
            add(
                r => guarded = (new TableName(NamespaceName.FromDatabase(r.GetString(0)), r.GetString(1)), r.GetString(2) is { Length: > 0 } by ? NamespaceName.FromDatabase(by) : null),
                string.Format(System.Globalization.CultureInfo.InvariantCulture, Protected, ViewSql.Pointers(request.View.Levels, ProtectedNamespaces, columns: "p.namespace, p.name")),
                [leaving]);
        }

        if (request.Pointers.Where(p => p is { IsNewLocation: true, Next: not null }).Select(p => p.TableId).ToArray() is { Length: > 0 } coming)
        {
            add(r => purged = r.GetString(0), Purged, [coming]);
        }

        if (request.Lease is { } needed)
        {
            add(r => lease = (r.IsDBNull(0) ? null : r.GetString(0), r.GetInt64(1)), Lease, [needed.Name]);
        }
    }

    /// <summary>Why the commit may not happen; null when it may.</summary>
    public CommitOutcome? Refusal(CommitRequest request)
    {
        if (request.Lease is { } needed && (lease is not { Holder: not null } found || found.Token != needed.Token))
        {
            return new CommitOutcome.LeaseLost(needed.Name, needed.Token, lease?.Token, lease?.Holder);
        }

        return guarded is { } name ? new CommitOutcome.Guarded(name.Name, name.By)
            : purged is { } location ? new CommitOutcome.Purged(location)
            : null;
    }
}
