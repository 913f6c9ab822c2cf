using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Protected tables, and purges of dropped ones.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121200000_Recovery")]
internal sealed class Recovery : Migration
{
    const string Text = "text";
    const string Time = "timestamp with time zone";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "protections",
            table => new { table_id = table.Column<Guid>("uuid"), at = table.Column<DateTimeOffset>(Time), by = table.Column<string>(Text) },
            constraints: table => table.PrimaryKey("pk_protections", p => p.table_id));
        migrationBuilder.CreateTable(
            "purges",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                table_id = table.Column<Guid>("uuid"),
                commit_id = table.Column<long>("bigint"),
                branch_id = table.Column<int>("integer"),
                location = table.Column<string>(Text),
                due_at = table.Column<DateTimeOffset>(Time),
                state = table.Column<string>(Text),
                files = table.Column<long>("bigint"),
                error = table.Column<string>(Text, nullable: true),
                held_until = table.Column<DateTimeOffset>(Time, nullable: true),
                finished_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_purges", p => p.id));
        migrationBuilder.CreateIndex("ix_purges_table", "purges", "table_id");
        migrationBuilder.CreateIndex("ix_purges_due", "purges", "due_at", filter: "state IN ('waiting', 'running')");
    }
}
