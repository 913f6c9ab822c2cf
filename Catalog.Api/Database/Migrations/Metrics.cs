using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Reports of engines.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121194000_Metrics")]
internal sealed class Metrics : Migration
{
    const string Text = "text";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "metrics_reports",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                table_id = table.Column<Guid>("uuid"),
                at = table.Column<DateTimeOffset>("timestamp with time zone"),
                principal = table.Column<string>(Text),
                branch = table.Column<string>(Text),
                kind = table.Column<string>(Text),
                snapshot_id = table.Column<long>("bigint"),
                report = table.Column<string>("jsonb"),
            },
            constraints: table => table.PrimaryKey("pk_metrics_reports", r => r.id));
        migrationBuilder.CreateIndex("ix_metrics_reports_table", "metrics_reports", ["table_id", "id"]);
        migrationBuilder.CreateIndex("ix_metrics_reports_at", "metrics_reports", "at");
    }
}
