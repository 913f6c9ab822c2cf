using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Leases, and declared sources.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121193000_Leases")]
internal sealed class Leases : Migration
{
    const string Text = "text";
    const string Time = "timestamp with time zone";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "leases",
            table => new
            {
                name = table.Column<string>(Text, collation: CatalogDb.ByteOrder),
                holder = table.Column<string>(Text, nullable: true),
                token = table.Column<long>("bigint"),
                acquired_at = table.Column<DateTimeOffset>(Time),
                expires_at = table.Column<DateTimeOffset>(Time),
            },
            constraints: table => table.PrimaryKey("pk_leases", l => l.name));
        migrationBuilder.CreateTable(
            "sources",
            table => new
            {
                name = table.Column<string>(Text, collation: CatalogDb.ByteOrder),
                kind = table.Column<string>(Text),
                document = table.Column<string>("jsonb"),
                paused = table.Column<bool>("boolean"),
                state = table.Column<string>(Text, nullable: true),
                position = table.Column<string>(Text, nullable: true),
                lag = table.Column<long>("bigint", nullable: true),
                error = table.Column<string>(Text, nullable: true),
                worker = table.Column<string>(Text, nullable: true),
                reported_at = table.Column<DateTimeOffset>(Time, nullable: true),
                created_at = table.Column<DateTimeOffset>(Time),
                updated_at = table.Column<DateTimeOffset>(Time),
            },
            constraints: table => table.PrimaryKey("pk_sources", s => s.name));
    }
}
