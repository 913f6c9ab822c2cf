using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Table upkeep: requests and acts.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121000000_Upkeep")]
internal sealed class Upkeep : Migration
{
    const string Text = "text";
    const string Time = "timestamp with time zone";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "upkeep_requests",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                table = table.Column<string>(Text, nullable: true),
                dry_run = table.Column<bool>("boolean"),
                state = table.Column<string>(Text),
                created_at = table.Column<DateTimeOffset>(Time),
                finished_at = table.Column<DateTimeOffset>(Time, nullable: true),
                error = table.Column<string>(Text, nullable: true),
                lease_owner = table.Column<string>(Text, nullable: true),
                lease_expires_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_upkeep_requests", r => r.id));
        migrationBuilder.CreateIndex("ix_upkeep_requests_open", "upkeep_requests", "id", filter: "state IN ('queued', 'running')");
        migrationBuilder.CreateTable(
            "upkeep_acts",
            table => new
            {
                id = table.Column<Guid>("uuid"),
                request_id = table.Column<long>("bigint", nullable: true),
                @namespace = table.Column<string>(Text),
                table = table.Column<string>(Text),
                act = table.Column<string>(Text),
                state = table.Column<string>(Text),
                reason = table.Column<string>(Text),
                details = table.Column<string>("jsonb"),
                error = table.Column<string>(Text, nullable: true),
                started_at = table.Column<DateTimeOffset>(Time),
                finished_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_upkeep_acts", a => a.id));
        migrationBuilder.CreateIndex("ix_upkeep_acts_started_at", "upkeep_acts", "started_at");
        migrationBuilder.CreateIndex("ix_upkeep_acts_request", "upkeep_acts", "request_id", filter: "request_id IS NOT NULL");
        migrationBuilder.CreateIndex("ix_upkeep_acts_table", "upkeep_acts", ["namespace", "table", "started_at"]);
    }
}
