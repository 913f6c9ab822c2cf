using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Datasets are found by the name of their table.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121233000_LineageTableNames")]
internal sealed class LineageTableNames : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_lineage_datasets_table_name", "lineage_datasets", ["table_namespace", "table_name"], filter: "table_name IS NOT NULL");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropIndex("ix_lineage_datasets_table_name", "lineage_datasets");
}
