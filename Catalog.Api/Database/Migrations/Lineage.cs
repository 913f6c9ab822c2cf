using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Lineage: events, jobs, runs, datasets, the edges between them, and events to be sent on.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121192000_Lineage")]
internal sealed class Lineage : Migration
{
    const string Text = "text";
    const string Time = "timestamp with time zone";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "lineage_events",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                digest = table.Column<string>(Text),
                kind = table.Column<string>(Text),
                event_at = table.Column<DateTimeOffset>(Time),
                received_at = table.Column<DateTimeOffset>(Time),
                run_id = table.Column<Guid>("uuid", nullable: true),
                @event = table.Column<string>("jsonb"),
            },
            constraints: table => table.PrimaryKey("pk_lineage_events", r => r.id));
        migrationBuilder.CreateIndex("ux_lineage_events_digest", "lineage_events", "digest", unique: true);
        migrationBuilder.CreateIndex("ix_lineage_events_received_at", "lineage_events", "received_at");
        migrationBuilder.CreateIndex("ix_lineage_events_run", "lineage_events", "run_id", filter: "run_id IS NOT NULL");
        migrationBuilder.CreateTable(
            "lineage_jobs",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                @namespace = table.Column<string>(Text),
                name = table.Column<string>(Text),
                facets = table.Column<string>("jsonb"),
            },
            constraints: table => table.PrimaryKey("pk_lineage_jobs", r => r.id));
        migrationBuilder.CreateIndex("ux_lineage_jobs_name", "lineage_jobs", ["namespace", "name"], unique: true);
        migrationBuilder.CreateTable(
            "lineage_datasets",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                @namespace = table.Column<string>(Text),
                name = table.Column<string>(Text),
                canonical_id = table.Column<long>("bigint", nullable: true),
                table_namespace = table.Column<string>(Text, nullable: true),
                table_name = table.Column<string>(Text, nullable: true),
                table_id = table.Column<Guid>("uuid", nullable: true),
                facets = table.Column<string>("jsonb"),
            },
            constraints: table => table.PrimaryKey("pk_lineage_datasets", r => r.id));
        migrationBuilder.CreateIndex("ux_lineage_datasets_name", "lineage_datasets", ["namespace", "name"], unique: true);
        migrationBuilder.CreateIndex("ix_lineage_datasets_canonical", "lineage_datasets", "canonical_id", filter: "canonical_id IS NOT NULL");
        migrationBuilder.CreateIndex("ix_lineage_datasets_table", "lineage_datasets", "table_id", filter: "table_id IS NOT NULL");
        migrationBuilder.CreateTable(
            "lineage_runs",
            table => new
            {
                id = table.Column<Guid>("uuid"),
                job_id = table.Column<long>("bigint"),
                branch = table.Column<string>(Text),
                state = table.Column<string>(Text),
                started_at = table.Column<DateTimeOffset>(Time),
                ended_at = table.Column<DateTimeOffset>(Time, nullable: true),
                commit_id = table.Column<long>("bigint", nullable: true),
                parent_run_id = table.Column<Guid>("uuid", nullable: true),
                error = table.Column<string>(Text, nullable: true),
                document = table.Column<string>("jsonb"),
            },
            constraints: table => table.PrimaryKey("pk_lineage_runs", r => r.id));
        migrationBuilder.CreateIndex("ix_lineage_runs_job", "lineage_runs", ["job_id", "started_at"]);
        migrationBuilder.CreateTable(
            "lineage_run_datasets",
            table => new
            {
                run_id = table.Column<Guid>("uuid"),
                dataset_id = table.Column<long>("bigint"),
                is_output = table.Column<bool>("boolean"),
                version = table.Column<string>(Text, nullable: true),
                snapshot_id = table.Column<long>("bigint", nullable: true),
                rows = table.Column<long>("bigint", nullable: true),
                bytes = table.Column<long>("bigint", nullable: true),
                files = table.Column<long>("bigint", nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_lineage_run_datasets", r => new { r.run_id, r.dataset_id, r.is_output }));
        migrationBuilder.CreateIndex("ix_lineage_run_datasets_dataset", "lineage_run_datasets", "dataset_id");
        migrationBuilder.CreateTable(
            "lineage_flows",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                job_id = table.Column<long>("bigint"),
                dataset_id = table.Column<long>("bigint"),
                digest = table.Column<string>(Text),
                untraced = table.Column<string>("jsonb"),
            },
            constraints: table => table.PrimaryKey("pk_lineage_flows", r => r.id));
        migrationBuilder.CreateIndex("ux_lineage_flows", "lineage_flows", ["dataset_id", "job_id", "digest"], unique: true);
        migrationBuilder.CreateTable(
            "lineage_edges",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                flow_id = table.Column<long>("bigint"),
                source_id = table.Column<long>("bigint"),
                kind = table.Column<short>("smallint"),
                source_column = table.Column<string>(Text, nullable: true),
                target_column = table.Column<string>(Text, nullable: true),
                transformations = table.Column<string>("jsonb", nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_lineage_edges", r => r.id));
        migrationBuilder.CreateIndex("ix_lineage_edges_flow", "lineage_edges", ["flow_id", "kind"]);
        migrationBuilder.CreateIndex("ix_lineage_edges_source", "lineage_edges", ["source_id", "kind", "flow_id"]);
        migrationBuilder.CreateTable(
            "lineage_builds",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                run_id = table.Column<Guid>("uuid", nullable: true),
                job_id = table.Column<long>("bigint"),
                dataset_id = table.Column<long>("bigint"),
                branch = table.Column<string>(Text),
                at = table.Column<DateTimeOffset>(Time),
                flow_id = table.Column<long>("bigint"),
                commit_id = table.Column<long>("bigint", nullable: true),
                snapshot_id = table.Column<long>("bigint", nullable: true),
                version = table.Column<string>(Text, nullable: true),
                rows = table.Column<long>("bigint", nullable: true),
                bytes = table.Column<long>("bigint", nullable: true),
                files = table.Column<long>("bigint", nullable: true),
                replaces = table.Column<bool>("boolean"),
            },
            constraints: table => table.PrimaryKey("pk_lineage_builds", r => r.id));
        migrationBuilder.CreateIndex("ux_lineage_builds_run", "lineage_builds", ["run_id", "dataset_id"], unique: true, filter: "run_id IS NOT NULL");
        migrationBuilder.CreateIndex("ux_lineage_builds_static", "lineage_builds", ["job_id", "dataset_id", "at"], unique: true, filter: "run_id IS NULL");
        migrationBuilder.CreateIndex("ix_lineage_builds_at", "lineage_builds", ["dataset_id", "job_id", "branch", "at"]);
        migrationBuilder.CreateIndex("ix_lineage_builds_replaces", "lineage_builds", ["dataset_id", "branch", "at"], filter: "replaces");
        migrationBuilder.CreateIndex("ix_lineage_builds_snapshot", "lineage_builds", ["dataset_id", "snapshot_id"], filter: "snapshot_id IS NOT NULL");
        migrationBuilder.CreateTable(
            "lineage_outbox",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                order_key = table.Column<string>(Text),
                @event = table.Column<string>(Text),
                created_at = table.Column<DateTimeOffset>(Time),
                attempts = table.Column<int>("integer"),
                next_at = table.Column<DateTimeOffset>(Time),
                error = table.Column<string>(Text, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_lineage_outbox", r => r.id));
        migrationBuilder.CreateIndex("ix_lineage_outbox_order", "lineage_outbox", ["order_key", "id"]);
    }
}
