using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>The first schema, with the branch <c>main</c>.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20251101000000_Initial")]
internal sealed class Initial : Migration
{
    const string Text = "text";
    const string Time = "timestamp with time zone";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        History(migrationBuilder);
        Tables(migrationBuilder);
        Sources(migrationBuilder);
        Runs(migrationBuilder);
        migrationBuilder.Sql("INSERT INTO branches (name, created_at) VALUES ('main', now())");
    }

    static void History(MigrationBuilder migration)
    {
        migration.CreateTable(
            "branches",
            table => new { id = Identity<int>(table, "integer"), name = table.Column<string>(Text), head_commit_id = table.Column<long>("bigint", nullable: true), created_at = table.Column<DateTimeOffset>(Time) },
            constraints: table => table.PrimaryKey("pk_branches", b => b.id));
        migration.CreateIndex("ux_branches_name", "branches", "name", unique: true);
        migration.CreateTable(
            "commits",
            table => new
            {
                id = Identity<long>(table, "bigint"),
                branch_id = table.Column<int>("integer"),
                parent_id = table.Column<long>("bigint", nullable: true),
                at = table.Column<DateTimeOffset>(Time),
                author = table.Column<string>(Text),
                message = table.Column<string>(Text),
                run_id = table.Column<long>("bigint", nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_commits", c => c.id);
                table.ForeignKey("fk_commits_branch", c => c.branch_id, "branches", "id", onDelete: ReferentialAction.Restrict);
            });
        migration.CreateIndex("ix_commits_branch", "commits", ["branch_id", "id"]);
    }

    static void Tables(MigrationBuilder migration)
    {
        migration.CreateTable(
            "namespaces",
            table => new { name = table.Column<string>(Text, collation: CatalogDb.ByteOrder), properties = table.Column<string>("jsonb"), created_at = table.Column<DateTimeOffset>(Time) },
            constraints: table => table.PrimaryKey("pk_namespaces", n => n.name));
        migration.CreateTable(
            "tables",
            table => new { id = table.Column<Guid>("uuid"), created_at = table.Column<DateTimeOffset>(Time) },
            constraints: table => table.PrimaryKey("pk_tables", t => t.id));
        migration.CreateTable(
            "pointers",
            table => new
            {
                id = Identity<long>(table, "bigint"),
                branch_id = table.Column<int>("integer"),
                table_id = table.Column<Guid>("uuid"),
                @namespace = table.Column<string>(Text, name: "namespace", collation: CatalogDb.ByteOrder),
                name = table.Column<string>(Text, collation: CatalogDb.ByteOrder),
                metadata_location = table.Column<string>(Text),
                from_commit = table.Column<long>("bigint"),
                to_commit = table.Column<long>("bigint", nullable: true),
                location = table.Column<string>(Text),
                format_version = table.Column<int>("integer"),
                snapshot_id = table.Column<long>("bigint", nullable: true),
                rows = table.Column<long>("bigint", nullable: true),
                files = table.Column<long>("bigint", nullable: true),
                bytes = table.Column<long>("bigint", nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_pointers", p => p.id);
                table.ForeignKey("fk_pointers_branch", p => p.branch_id, "branches", "id", onDelete: ReferentialAction.Restrict);
                table.ForeignKey("fk_pointers_table", p => p.table_id, "tables", "id", onDelete: ReferentialAction.Restrict);
                table.ForeignKey("fk_pointers_from_commit", p => p.from_commit, "commits", "id", onDelete: ReferentialAction.Restrict);
                table.ForeignKey("fk_pointers_to_commit", p => p.to_commit, "commits", "id", onDelete: ReferentialAction.Restrict);
            });
        migration.CreateIndex("ux_pointers_current_table", "pointers", ["branch_id", "table_id"], unique: true, filter: "to_commit IS NULL");
        migration.CreateIndex("ux_pointers_current_name", "pointers", ["branch_id", "namespace", "name"], unique: true, filter: "to_commit IS NULL");
        migration.CreateIndex("ix_pointers_table", "pointers", "table_id");
        migration.CreateIndex("ix_pointers_from_commit", "pointers", "from_commit");
        migration.CreateIndex("ix_pointers_to_commit", "pointers", "to_commit");
    }

    static void Sources(MigrationBuilder migration)
    {
        migration.CreateTable(
            "cursors",
            table => new { scope = table.Column<string>(Text), value = table.Column<string>(Text), commit_id = table.Column<long>("bigint"), at = table.Column<DateTimeOffset>(Time) },
            constraints: table => table.PrimaryKey("pk_cursors", c => c.scope));
        migration.CreateTable(
            "items",
            table => new
            {
                scope = table.Column<string>(Text),
                key = table.Column<string>(Text),
                fingerprint = table.Column<string>(Text),
                commit_id = table.Column<long>("bigint"),
                expires_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_items", i => new { i.scope, i.key }));
        migration.CreateIndex("ix_items_expires_at", "items", "expires_at", filter: "expires_at IS NOT NULL");
    }

    static void Runs(MigrationBuilder migration)
    {
        migration.CreateTable(
            "projects",
            table => new { name = table.Column<string>(Text, collation: CatalogDb.ByteOrder), updated_at = table.Column<DateTimeOffset>(Time), document = table.Column<string>("jsonb") },
            constraints: table => table.PrimaryKey("pk_projects", p => p.name));
        migration.CreateTable(
            "runs",
            table => new
            {
                id = Identity<long>(table, "bigint"),
                pipeline = table.Column<string>(Text),
                state = table.Column<string>(Text),
                trigger = table.Column<string>(Text),
                created_at = table.Column<DateTimeOffset>(Time),
                started_at = table.Column<DateTimeOffset>(Time, nullable: true),
                finished_at = table.Column<DateTimeOffset>(Time, nullable: true),
                commit_id = table.Column<long>("bigint", nullable: true),
                error = table.Column<string>(Text, nullable: true),
                attempt = table.Column<int>("integer"),
                trace_parent = table.Column<string>(Text, nullable: true),
                lease_owner = table.Column<string>(Text, nullable: true),
                lease_expires_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_runs", r => r.id));
        migration.CreateIndex("ix_runs_pipeline", "runs", ["pipeline", "id"]);
        migration.CreateIndex("ux_runs_active", "runs", ["pipeline", "state"], unique: true, filter: "state IN ('queued', 'running')");
        migration.CreateTable(
            "run_nodes",
            table => new
            {
                run_id = table.Column<long>("bigint"),
                model = table.Column<string>(Text),
                position = table.Column<int>("integer"),
                state = table.Column<string>(Text),
                started_at = table.Column<DateTimeOffset>(Time, nullable: true),
                finished_at = table.Column<DateTimeOffset>(Time, nullable: true),
                rows = table.Column<long>("bigint", nullable: true),
                error = table.Column<string>(Text, nullable: true),
                compiled_sql = table.Column<string>(Text, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_run_nodes", n => new { n.run_id, n.model });
                table.ForeignKey("fk_run_nodes_run", n => n.run_id, "runs", "id", onDelete: ReferentialAction.Cascade);
            });
    }

    static OperationBuilder<Microsoft.EntityFrameworkCore.Migrations.Operations.AddColumnOperation> Identity<T>(ColumnsBuilder table, string type) =>
        table.Column<T>(type).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
}
