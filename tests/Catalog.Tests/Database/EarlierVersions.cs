namespace LakeAspire.Catalog.Api.Tests.Database;

/// <summary>Databases as earlier versions left them, filled: SQL in the words of each version's schema.</summary>
internal static class EarlierVersions
{
    public const string Initial = "20251101000000_Initial";
    public const string Upkeep = "20261121000000_Upkeep";
    public const string DeltaTables = "20261121010000_DeltaTables";

    /// <summary>What a version filled, by its migration; a later one holds what the earlier ones do, too. And what is true of it in this version.</summary>
    public static IReadOnlyList<(string Migration, string Sql, string Holds)> Contents { get; } =
    [
        (Initial, """
            INSERT INTO namespaces (name, properties, created_at) VALUES ('gold', '{"owner": "ann"}', '2026-01-01Z'), ('empty', '{}', '2026-01-01Z'), (E'gold\x1fnested', '{"deep": "yes"}', '2026-01-02Z');
            INSERT INTO tables (id, created_at) VALUES ('11111111-1111-1111-1111-111111111111', '2026-01-01Z'), ('22222222-2222-2222-2222-222222222222', '2026-01-01Z');
            INSERT INTO commits (branch_id, parent_id, at, author, message, run_id) VALUES
                (1, NULL, '2026-01-01 10:00Z', 'ann', 'create gold.t', NULL), (1, 1, '2026-01-02 10:00Z', 'ben', 'append gold.t', 1), (1, 2, '2026-01-03 10:00Z', 'ann', 'create gold.nested.u', NULL),
                (1, 3, '2026-01-04 10:00Z', 'ann', 'drop gold.nested.u', NULL);
            UPDATE branches SET head_commit_id = 4;
            INSERT INTO pointers (branch_id, table_id, namespace, name, metadata_location, from_commit, to_commit, location, format_version, snapshot_id, rows, files, bytes) VALUES
                (1, '11111111-1111-1111-1111-111111111111', 'gold', 't', '{W}/gold/t/metadata/00000.metadata.json', 1, 2, '{W}/gold/t', 2, NULL, 0, 0, 0),
                (1, '11111111-1111-1111-1111-111111111111', 'gold', 't', '{W}/gold/t/metadata/00001.metadata.json', 2, NULL, '{W}/gold/t', 2, 77, 12, 3, 4567),
                (1, '22222222-2222-2222-2222-222222222222', E'gold\x1fnested', 'u', '{W}/gold/u/metadata/00000.metadata.json', 3, 4, '{W}/gold/u', 2, NULL, 0, 0, 0);
            INSERT INTO cursors (scope, value, commit_id, at) VALUES ('kafka/t/0', '42', 2, '2026-01-02 10:00Z');
            INSERT INTO items (scope, key, fingerprint, commit_id, expires_at) VALUES ('landing/w', 'a.json', 'f1', 2, NULL), ('landing/w', 'b.json', 'f2', 2, '2999-01-01Z');
            INSERT INTO projects (name, updated_at, document) VALUES ('watchlog', '2026-01-01Z', '{"models": [{"name": "t", "namespace": "gold", "dependsOn": []}], "sources": []}');
            INSERT INTO runs (pipeline, state, trigger, created_at, attempt, commit_id, error) VALUES ('watchlog', 'succeeded', 'manual', '2026-01-02Z', 1, 2, NULL);
            INSERT INTO run_nodes (run_id, model, position, state, rows) VALUES (1, 'gold.t', 0, 'succeeded', 12);
            """, "SELECT true"),
        (Upkeep, """
            INSERT INTO upkeep_requests ("table", dry_run, state, created_at) VALUES ('gold.t', false, 'succeeded', '2026-01-05Z');
            INSERT INTO upkeep_acts (id, request_id, namespace, "table", act, state, reason, details, started_at) VALUES
                ('33333333-3333-3333-3333-333333333333', 1, 'gold', 't', 'compact', 'succeeded', 'small files', '{"filesBefore": 12}', '2026-01-05Z');
            """, "SELECT true"),
        (DeltaTables, """
            INSERT INTO publications (table_id, state, version, snapshot_id, left_out, commit_id, updated_at, attempt) VALUES ('11111111-1111-1111-1111-111111111111', 'published', 3, 77, '{}', 2, '2026-01-05Z', 1);
            INSERT INTO delta_tables (id, namespace, name, location, author, created_at) VALUES ('44444444-4444-4444-4444-444444444444', 'gold', 'orders', 's3://others/orders', 'ben', '2026-01-05Z');
            """, "SELECT true"),
        ("20261121190000_Branches", """
            INSERT INTO branches (name, kind, parent_id, parent_commit, created_by, created_at) SELECT 'dev', 0, id, 3, 'ann', '2026-01-06Z' FROM branches WHERE name = 'main';
            INSERT INTO commits (branch_id, parent_id, at, author, message, kind) SELECT id, 3, '2026-01-06 10:00Z', 'ann', 'append on dev', 'change' FROM branches WHERE name = 'dev';
            UPDATE branches SET head_commit_id = (SELECT max(id) FROM commits) WHERE name = 'dev';
            INSERT INTO cursors (branch_id, scope, value, from_commit, at) SELECT id, 'kafka/dev/0', '9', head_commit_id, '2026-01-06 10:00Z' FROM branches WHERE name = 'dev';
            """, "SELECT EXISTS (SELECT 1 FROM branches b JOIN commits c ON c.id = b.head_commit_id WHERE b.name = 'dev' AND b.parent_commit = 3 AND c.message = 'append on dev') AND (SELECT value FROM cursors WHERE scope = 'kafka/dev/0') = '9'"),
        ("20261121191000_Access", """
            INSERT INTO principals (id, kind, name, password, created_at, created_by) VALUES ('55555555-5555-5555-5555-555555555555', 'user', 'ann', 'pbkdf2$1$00$00', '2026-01-06Z', 'user');
            INSERT INTO grants (principal_id, privilege, namespace, granted_at, granted_by) VALUES ('55555555-5555-5555-5555-555555555555', 'select', 'gold', '2026-01-06Z', 'user');
            INSERT INTO api_keys (id, principal_id, name, hash, created_at, created_by) VALUES ('66666666-6666-6666-6666-666666666666', '55555555-5555-5555-5555-555555555555', 'laptop', '\x00ff', '2026-01-06Z', 'ann');
            INSERT INTO table_policies (table_id, version, row_filter, masks, bound, exempt, updated_at, updated_by) VALUES ('11111111-1111-1111-1111-111111111111', 1, 'id > 1', '{}', '{}', '{}', '2026-01-06Z', 'user');
            INSERT INTO audit (at, principal, action, outcome, securable, count, detail) VALUES ('2026-01-06Z', 'ann', 'select', 'allowed', 'gold.t', 1, '{}');
            """, "SELECT (SELECT privilege FROM grants g JOIN principals p ON p.id = g.principal_id WHERE p.name = 'ann') = 'select' AND (SELECT hash FROM api_keys WHERE name = 'laptop') = '\\x00ff' AND EXISTS (SELECT 1 FROM table_policies WHERE row_filter = 'id > 1') AND EXISTS (SELECT 1 FROM audit WHERE principal = 'ann')"),
        ("20261121192000_Lineage", """
            INSERT INTO lineage_jobs (namespace, name, facets) VALUES ('lakeaspire', 'load.w', '{}');
            INSERT INTO lineage_datasets (namespace, name, table_namespace, table_name, table_id, facets) VALUES ('lake', 'gold.t', 'gold', 't', '11111111-1111-1111-1111-111111111111', '{}'), ('streams', 'w', NULL, NULL, NULL, '{}');
            INSERT INTO lineage_flows (job_id, dataset_id, digest, untraced) SELECT j.id, d.id, 'f', '{}' FROM lineage_jobs j, lineage_datasets d WHERE d.name = 'gold.t';
            INSERT INTO lineage_edges (flow_id, source_id, kind) SELECT f.id, d.id, 0 FROM lineage_flows f, lineage_datasets d WHERE d.name = 'w';
            INSERT INTO lineage_builds (job_id, dataset_id, branch, at, flow_id, commit_id, replaces) SELECT job_id, dataset_id, 'main', '2026-01-02 10:00Z', id, 2, false FROM lineage_flows;
            """, "SELECT EXISTS (SELECT 1 FROM lineage_builds b JOIN lineage_edges e ON e.flow_id = b.flow_id JOIN lineage_datasets d ON d.id = e.source_id WHERE b.commit_id = 2 AND d.name = 'w')"),
        ("20261121193000_Leases", """
            INSERT INTO leases (name, holder, token, acquired_at, expires_at) VALUES ('compaction', 'worker-1', 7, '2026-01-06Z', '2026-01-06Z');
            INSERT INTO sources (name, kind, document, paused, created_at, updated_at) VALUES ('shop', 'postgres', '{"url": "postgres://x"}', true, '2026-01-06Z', '2026-01-06Z');
            """, "SELECT (SELECT token FROM leases WHERE name = 'compaction') = 7 AND (SELECT paused FROM sources WHERE name = 'shop')"),
        ("20261121194000_Metrics", """
            INSERT INTO metrics_reports (table_id, at, principal, branch, kind, snapshot_id, report) VALUES ('11111111-1111-1111-1111-111111111111', now(), 'spark', 'main', 'scan-report', 77, '{}');
            """, "SELECT EXISTS (SELECT 1 FROM metrics_reports WHERE principal = 'spark' AND snapshot_id = 77)"),
        ("20261121195000_Idempotency", """
            INSERT INTO idempotency_keys (key, fingerprint, status, content, commit_id, expires_at) VALUES ('77777777-7777-7777-7777-777777777777', '\x01', 204, NULL, 2, '2999-01-01Z');
            """, "SELECT EXISTS (SELECT 1 FROM idempotency_keys WHERE commit_id = 2 AND status = 204)"),
        ("20261121200000_Recovery", """
            INSERT INTO protections (table_id, at, by) VALUES ('11111111-1111-1111-1111-111111111111', '2026-01-06Z', 'ann');
            INSERT INTO purges (table_id, commit_id, branch_id, location, due_at, state, files) VALUES ('22222222-2222-2222-2222-222222222222', 4, 1, '{W}/gold/u', '2999-01-01Z', 'waiting', 0);
            """, "SELECT EXISTS (SELECT 1 FROM protections WHERE by = 'ann') AND EXISTS (SELECT 1 FROM purges WHERE state = 'waiting' AND commit_id = 4)"),
        ("20261121201100_TakenBackItems", """
            INSERT INTO items (scope, key, fingerprint, commit_id, branch_id, to_commit, origin_commit) VALUES ('landing/w', 'taken-back.json', 'f3', 2, 1, 3, 2);
            """, "SELECT EXISTS (SELECT 1 FROM items WHERE key = 'taken-back.json' AND to_commit = 3 AND origin_commit = 2)"),
        ("20261121213000_ItemHistory", """
            INSERT INTO items (scope, key, fingerprint, commit_id, branch_id) VALUES ('landing/w', 'taken-back.json', 'f4', 4, 1);
            """, "SELECT count(*) = 2 FROM items WHERE key = 'taken-back.json'"),
        ("20261121230000_CommitLineage", """
            INSERT INTO lineage_inbox (commit_id, events, attempts) VALUES (2, '[]', 20);
            """, "SELECT EXISTS (SELECT 1 FROM lineage_inbox WHERE commit_id = 2)"),
        ("20261121231500_AuditRetention", """
            INSERT INTO audit (at, principal, action, outcome, securable, count, detail) VALUES ('2026-01-05Z', 'ann', 'select', 'allowed', 'table gold.t', 1, '{}');
            """, "SELECT EXISTS (SELECT 1 FROM audit WHERE principal = 'ann' AND securable = 'table gold.t')"),
        ("20261121233000_LineageTableNames", """
            INSERT INTO lineage_datasets (namespace, name, table_namespace, table_name, facets) VALUES ('lake', 'gold.other', 'gold', 'other', '{}');
            """, "SELECT EXISTS (SELECT 1 FROM lineage_datasets WHERE table_name = 'other')"),
        ("20261121233000_NamedPolicies", """
            INSERT INTO table_policies (table_id, name, version, row_filter, masks, fields, checked, bound, exempt, updated_at, updated_by) VALUES ('11111111-1111-1111-1111-111111111111', 'second', 1, 'id < 9', '{}', '{"id": [1]}', true, '{}', '{}', '2026-01-07Z', 'ann');
            """, "SELECT (SELECT count(*) FROM table_policies WHERE table_id = '11111111-1111-1111-1111-111111111111') = 2 AND EXISTS (SELECT 1 FROM table_policies WHERE name = 'default' AND row_filter = 'id > 1') AND EXISTS (SELECT 1 FROM table_policies WHERE name = 'second' AND fields = '{\"id\": [1]}')"),
    ];
}
