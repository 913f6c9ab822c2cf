namespace LakeAspire.Catalog.Api.Tests.Database;

/// <summary>Databases as earlier versions left them, filled: SQL in the words of each version's schema.</summary>
internal static class EarlierVersions
{
    public const string Initial = "20251101000000_Initial";
    public const string Upkeep = "20261121000000_Upkeep";
    public const string DeltaTables = "20261121010000_DeltaTables";

    /// <summary>What a version filled, by its migration; a later one holds what the earlier ones do, too.</summary>
    public static IReadOnlyList<(string Migration, string Sql)> Contents { get; } =
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
            """),
        (Upkeep, """
            INSERT INTO upkeep_requests ("table", dry_run, state, created_at) VALUES ('gold.t', false, 'succeeded', '2026-01-05Z');
            INSERT INTO upkeep_acts (id, request_id, namespace, "table", act, state, reason, details, started_at) VALUES
                ('33333333-3333-3333-3333-333333333333', 1, 'gold', 't', 'compact', 'succeeded', 'small files', '{"filesBefore": 12}', '2026-01-05Z');
            """),
        (DeltaTables, """
            INSERT INTO publications (table_id, state, version, snapshot_id, left_out, commit_id, updated_at, attempt) VALUES ('11111111-1111-1111-1111-111111111111', 'published', 3, 77, '{}', 2, '2026-01-05Z', 1);
            INSERT INTO delta_tables (id, namespace, name, location, author, created_at) VALUES ('44444444-4444-4444-4444-444444444444', 'gold', 'orders', 's3://others/orders', 'ben', '2026-01-05Z');
            """),
    ];
}
