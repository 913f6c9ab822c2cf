using LakeAspire.Catalog.Access.Principals;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Principals, grants, credentials, policies and the audit log.</summary>
[DbContext(typeof(CatalogDb))]
[Migration("20261121191000_Access")]
internal sealed class Access : Migration
{
    const string Text = "text";
    const string Time = "timestamp with time zone";
    const string Id = "uuid";

    // The log is only ever added to, whoever asks: rows refuse changes one by one, and the table as a whole.
    const string AppendOnly = """
        CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP; END $$;
        CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
        CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
        """;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "access_version",
            table => new
            {
                id = table.Column<int>("integer"),
                version = table.Column<long>("bigint"),
            },
            constraints: table => table.PrimaryKey("pk_access_version", r => r.id));
        migrationBuilder.CreateTable(
            "principals",
            table => new
            {
                id = table.Column<Guid>(Id),
                kind = table.Column<string>(Text),
                name = table.Column<string>(Text, collation: CatalogDb.ByteOrder),
                display_name = table.Column<string>(Text, nullable: true),
                issuer = table.Column<string>(Text, nullable: true),
                subject = table.Column<string>(Text, nullable: true),
                password = table.Column<string>(Text, nullable: true),
                created_at = table.Column<DateTimeOffset>(Time),
                created_by = table.Column<string>(Text),
                disabled_at = table.Column<DateTimeOffset>(Time, nullable: true),
                deleted_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_principals", r => r.id));
        migrationBuilder.CreateIndex("ux_principals_name", "principals", "name", unique: true);
        migrationBuilder.CreateIndex("ux_principals_subject", "principals", ["issuer", "subject"], unique: true, filter: "subject IS NOT NULL");
        migrationBuilder.CreateTable(
            "memberships",
            table => new
            {
                group_id = table.Column<Guid>(Id),
                member_id = table.Column<Guid>(Id),
                added_at = table.Column<DateTimeOffset>(Time),
                added_by = table.Column<string>(Text),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_memberships", r => new { r.group_id, r.member_id });
                table.ForeignKey("fk_memberships_group", r => r.group_id, "principals", "id", onDelete: ReferentialAction.Restrict);
                table.ForeignKey("fk_memberships_member", r => r.member_id, "principals", "id", onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("ix_memberships_member", "memberships", "member_id");
        migrationBuilder.CreateTable(
            "grants",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                principal_id = table.Column<Guid>(Id),
                privilege = table.Column<string>(Text),
                @namespace = table.Column<string>(Text, nullable: true, collation: CatalogDb.ByteOrder),
                table_id = table.Column<Guid>(Id, nullable: true),
                branch = table.Column<string>(Text, nullable: true),
                granted_at = table.Column<DateTimeOffset>(Time),
                granted_by = table.Column<string>(Text),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_grants", r => r.id);
                table.ForeignKey("fk_grants_principal", r => r.principal_id, "principals", "id", onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("ux_grants", "grants", ["principal_id", "privilege", "namespace", "table_id", "branch"], unique: true).Annotation("Npgsql:NullsDistinct", false);
        migrationBuilder.CreateIndex("ix_grants_table", "grants", "table_id", filter: "table_id IS NOT NULL");
        migrationBuilder.CreateTable(
            "api_keys",
            table => new
            {
                id = table.Column<Guid>(Id),
                principal_id = table.Column<Guid>(Id),
                name = table.Column<string>(Text),
                hash = table.Column<byte[]>("bytea"),
                created_at = table.Column<DateTimeOffset>(Time),
                created_by = table.Column<string>(Text),
                expires_at = table.Column<DateTimeOffset>(Time, nullable: true),
                last_used_at = table.Column<DateTimeOffset>(Time, nullable: true),
                revoked_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_api_keys", r => r.id);
                table.ForeignKey("fk_api_keys_principal", r => r.principal_id, "principals", "id", onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("ix_api_keys_principal", "api_keys", "principal_id");
        migrationBuilder.CreateTable(
            "signing_keys",
            table => new
            {
                id = table.Column<string>(Text),
                public_key = table.Column<byte[]>("bytea"),
                private_key = table.Column<byte[]>("bytea", nullable: true),
                created_at = table.Column<DateTimeOffset>(Time),
                retired_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_signing_keys", r => r.id));
        migrationBuilder.CreateTable(
            "sign_in_sessions",
            table => new
            {
                id = table.Column<Guid>(Id),
                principal_id = table.Column<Guid>(Id),
                method = table.Column<string>(Text),
                address = table.Column<string>(Text, nullable: true),
                created_at = table.Column<DateTimeOffset>(Time),
                last_seen_at = table.Column<DateTimeOffset>(Time),
                expires_at = table.Column<DateTimeOffset>(Time),
                ended_at = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_sign_in_sessions", r => r.id);
                table.ForeignKey("fk_sign_in_sessions_principal", r => r.principal_id, "principals", "id", onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("ix_sign_in_sessions_principal", "sign_in_sessions", "principal_id");
        migrationBuilder.CreateIndex("ix_sign_in_sessions_expires_at", "sign_in_sessions", "expires_at");
        migrationBuilder.CreateTable(
            "sign_in_throttles",
            table => new
            {
                key = table.Column<string>(Text),
                failures = table.Column<int>("integer"),
                since = table.Column<DateTimeOffset>(Time),
                blocked_until = table.Column<DateTimeOffset>(Time, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_sign_in_throttles", r => r.key));
        migrationBuilder.CreateIndex("ix_sign_in_throttles_since", "sign_in_throttles", "since");
        migrationBuilder.CreateTable(
            "table_policies",
            table => new
            {
                table_id = table.Column<Guid>(Id),
                version = table.Column<int>("integer"),
                row_filter = table.Column<string>(Text, nullable: true),
                masks = table.Column<string>("jsonb"),
                bound = table.Column<Guid[]>("uuid[]"),
                exempt = table.Column<Guid[]>("uuid[]"),
                updated_at = table.Column<DateTimeOffset>(Time),
                updated_by = table.Column<string>(Text),
            },
            constraints: table => table.PrimaryKey("pk_table_policies", r => r.table_id));
        migrationBuilder.CreateTable(
            "audit",
            table => new
            {
                id = table.Column<long>("bigint").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                at = table.Column<DateTimeOffset>(Time),
                principal_id = table.Column<Guid>(Id, nullable: true),
                principal = table.Column<string>(Text),
                action = table.Column<string>(Text),
                outcome = table.Column<string>(Text),
                securable = table.Column<string>(Text),
                branch = table.Column<string>(Text, nullable: true),
                count = table.Column<int>("integer"),
                detail = table.Column<string>("jsonb"),
            },
            constraints: table => table.PrimaryKey("pk_audit", r => r.id));
        migrationBuilder.CreateIndex("ix_audit_at", "audit", "at");
        migrationBuilder.CreateIndex("ix_audit_principal", "audit", ["principal", "id"]);
        migrationBuilder.CreateIndex("ix_audit_securable", "audit", ["securable", "id"]);
        migrationBuilder.Sql(AppendOnly);
        migrationBuilder.Sql($"""
            INSERT INTO access_version (id, version) VALUES (1, 0);
            INSERT INTO principals (id, kind, name, display_name, created_at, created_by)
            VALUES ('{BuiltIn.Administrators}', 'role', '{BuiltIn.AdministratorsName}', 'May do everything', now(), 'lakeaspire')
            """);
    }
}
