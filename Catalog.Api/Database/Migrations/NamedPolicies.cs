using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>A table has several policies, by name, and a policy knows its columns by their ids. Those of policies that are there already are found when the service has started: they stand in files.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121233000_NamedPolicies")]
internal sealed class NamedPolicies : Migration
{
    const string Table = "table_policies";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("name", Table, "text", nullable: false, defaultValue: "default");
        migrationBuilder.AddColumn<string>("fields", Table, "jsonb", nullable: true);
        migrationBuilder.AddColumn<bool>("checked", Table, "boolean", nullable: false, defaultValue: false);
        migrationBuilder.DropPrimaryKey("pk_table_policies", Table);
        migrationBuilder.AddPrimaryKey("pk_table_policies", Table, ["table_id", "name"]);
    }
}
