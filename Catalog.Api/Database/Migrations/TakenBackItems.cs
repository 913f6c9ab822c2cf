using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>A reset takes items back, so that their sources may bring them again; an item that a merge brought knows where it came from.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121201100_TakenBackItems")]
internal sealed class TakenBackItems : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("to_commit", "items", "bigint", nullable: true);
        migrationBuilder.AddColumn<long>("origin_commit", "items", "bigint", nullable: true);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropColumn("to_commit", "items");
        migrationBuilder.DropColumn("origin_commit", "items");
    }
}
