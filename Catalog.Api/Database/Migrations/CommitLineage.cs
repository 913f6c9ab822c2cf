using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Lineage that came with a commit, until it is taken in.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121230000_CommitLineage")]
internal sealed class CommitLineage : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "lineage_inbox",
        table => new
        {
            id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
            commit_id = table.Column<long>("bigint"),
            events = table.Column<string>("text"),
            attempts = table.Column<int>("integer"),
        },
        constraints: table => table.PrimaryKey("pk_lineage_inbox", r => r.id));

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("lineage_inbox");
}
