using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>An item that was taken back and comes again is there twice: branches that started before know it from the first time.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121213000_ItemHistory")]
internal sealed class ItemHistory : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE items DROP CONSTRAINT pk_items, ADD CONSTRAINT pk_items PRIMARY KEY (scope, key, branch_id, commit_id)");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DELETE FROM items i USING items o WHERE o.scope = i.scope AND o.key = i.key AND o.branch_id = i.branch_id AND o.commit_id > i.commit_id;
        ALTER TABLE items DROP CONSTRAINT pk_items, ADD CONSTRAINT pk_items PRIMARY KEY (scope, key, branch_id);
        """);
}
