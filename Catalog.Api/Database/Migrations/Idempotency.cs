using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Final answers to requests with an idempotency key.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121195000_Idempotency")]
internal sealed class Idempotency : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "idempotency_keys",
            table => new
            {
                key = table.Column<Guid>("uuid"),
                fingerprint = table.Column<byte[]>("bytea"),
                status = table.Column<int>("integer"),
                content = table.Column<string>("text", nullable: true),
                commit_id = table.Column<long>("bigint", nullable: true),
                expires_at = table.Column<DateTimeOffset>("timestamp with time zone"),
            },
            constraints: table => table.PrimaryKey("pk_idempotency_keys", k => k.key));
        migrationBuilder.CreateIndex("ix_idempotency_keys_expires_at", "idempotency_keys", "expires_at");
    }
}
