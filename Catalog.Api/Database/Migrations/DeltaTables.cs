using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>How far tables are published as Delta, and Delta tables that others write.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121010000_DeltaTables")]
internal sealed class DeltaTables : Migration
{
    const string Text = "text";
    const string Time = "timestamp with time zone";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "publications",
            table => new
            {
                table_id = table.Column<Guid>("uuid"),
                state = table.Column<string>(Text),
                reason = table.Column<string>(Text, nullable: true),
                version = table.Column<long>("bigint", nullable: true),
                snapshot_id = table.Column<long>("bigint", nullable: true),
                sequence_number = table.Column<long>("bigint", nullable: true),
                current_sequence_number = table.Column<long>("bigint", nullable: true),
                left_out = table.Column<string[]>("text[]"),
                commit_id = table.Column<long>("bigint"),
                updated_at = table.Column<DateTimeOffset>(Time),
                attempt = table.Column<int>("integer"),
                lease_owner = table.Column<string>(Text, nullable: true),
                lease_expires_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_publications", p => p.table_id);
                table.ForeignKey("fk_publications_table", p => p.table_id, "tables", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateTable(
            "delta_tables",
            table => new
            {
                id = table.Column<Guid>("uuid"),
                @namespace = table.Column<string>(Text, name: "namespace", collation: CatalogDb.ByteOrder),
                name = table.Column<string>(Text, collation: CatalogDb.ByteOrder),
                location = table.Column<string>(Text),
                author = table.Column<string>(Text),
                created_at = table.Column<DateTimeOffset>(Time),
            },
            constraints: table => table.PrimaryKey("pk_delta_tables", t => t.id));
        migrationBuilder.CreateIndex("ux_delta_tables_name", "delta_tables", ["namespace", "name"], unique: true);
    }
}
