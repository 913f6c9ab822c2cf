using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>The part of the newest model that is about access.</summary>
internal static class AccessSnapshot
{
    const string Rows = "LakeAspire.Catalog.Access.";

    public static void Add(ModelBuilder model)
    {
        model.Entity(Rows + "AccessVersionRow", AccessVersion);
        model.Entity(Rows + "PrincipalRow", Principal);
        model.Entity(Rows + "MembershipRow", Membership);
        model.Entity(Rows + "GrantRow", Grant);
        model.Entity(Rows + "ApiKeyRow", ApiKey);
        model.Entity(Rows + "SigningKeyRow", SigningKey);
        model.Entity(Rows + "SignInSessionRow", SignInSession);
        model.Entity(Rows + "SignInThrottleRow", SignInThrottle);
        model.Entity(Rows + "TablePolicyRow", TablePolicy);
        model.Entity(Rows + "AuditRow", Audit);
    }

    static void AccessVersion(EntityTypeBuilder row)
    {
        Column<int>(row, "Id", "integer", "id").ValueGeneratedNever();
        Column<long>(row, "Version", "bigint", "version");
        row.HasKey("Id").HasName("pk_access_version");
        row.ToTable("access_version", (string?)null);
    }

    static void Principal(EntityTypeBuilder row)
    {
        Column<Guid>(row, "Id", "uuid", "id").ValueGeneratedNever();
        Column<string>(row, "Kind", "text", "kind").IsRequired();
        Column<string>(row, "Name", "text", "name").UseCollation("C").IsRequired();
        Column<string>(row, "DisplayName", "text", "display_name");
        Column<string>(row, "Issuer", "text", "issuer");
        Column<string>(row, "Subject", "text", "subject");
        Column<string>(row, "Password", "text", "password");
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<string>(row, "CreatedBy", "text", "created_by").IsRequired();
        Column<DateTimeOffset?>(row, "DisabledAt", "timestamp with time zone", "disabled_at");
        Column<DateTimeOffset?>(row, "DeletedAt", "timestamp with time zone", "deleted_at");
        row.HasKey("Id").HasName("pk_principals");
        row.HasIndex("Name").IsUnique().HasDatabaseName("ux_principals_name");
        row.HasIndex("Issuer", "Subject").IsUnique().HasDatabaseName("ux_principals_subject").HasFilter("subject IS NOT NULL");
        row.ToTable("principals", (string?)null);
    }

    static void Membership(EntityTypeBuilder row)
    {
        Column<Guid>(row, "GroupId", "uuid", "group_id");
        Column<Guid>(row, "MemberId", "uuid", "member_id");
        Column<DateTimeOffset>(row, "AddedAt", "timestamp with time zone", "added_at");
        Column<string>(row, "AddedBy", "text", "added_by").IsRequired();
        row.HasKey("GroupId", "MemberId").HasName("pk_memberships");
        row.HasIndex("MemberId").HasDatabaseName("ix_memberships_member");
        row.ToTable("memberships", (string?)null);
        row.HasOne(Rows + "PrincipalRow", null).WithMany().HasForeignKey("GroupId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_memberships_group");
        row.HasOne(Rows + "PrincipalRow", null).WithMany().HasForeignKey("MemberId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_memberships_member");
    }

    static void Grant(EntityTypeBuilder row)
    {
        Column<long>(row, "Id", "bigint", "id").ValueGeneratedOnAdd().UseIdentityByDefaultColumn();
        Column<Guid>(row, "PrincipalId", "uuid", "principal_id");
        Column<string>(row, "Privilege", "text", "privilege").IsRequired();
        Column<string>(row, "Namespace", "text", "namespace").UseCollation("C");
        Column<Guid?>(row, "TableId", "uuid", "table_id");
        Column<string>(row, "Branch", "text", "branch");
        Column<DateTimeOffset>(row, "GrantedAt", "timestamp with time zone", "granted_at");
        Column<string>(row, "GrantedBy", "text", "granted_by").IsRequired();
        row.HasKey("Id").HasName("pk_grants");
        row.HasIndex("PrincipalId", "Privilege", "Namespace", "TableId", "Branch").IsUnique().AreNullsDistinct(false).HasDatabaseName("ux_grants");
        row.HasIndex("TableId").HasDatabaseName("ix_grants_table").HasFilter("table_id IS NOT NULL");
        row.ToTable("grants", (string?)null);
        row.HasOne(Rows + "PrincipalRow", null).WithMany().HasForeignKey("PrincipalId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_grants_principal");
    }

    static void ApiKey(EntityTypeBuilder row)
    {
        Column<Guid>(row, "Id", "uuid", "id").ValueGeneratedNever();
        Column<Guid>(row, "PrincipalId", "uuid", "principal_id");
        Column<string>(row, "Name", "text", "name").IsRequired();
        Column<byte[]>(row, "Hash", "bytea", "hash").IsRequired();
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<string>(row, "CreatedBy", "text", "created_by").IsRequired();
        Column<DateTimeOffset?>(row, "ExpiresAt", "timestamp with time zone", "expires_at");
        Column<DateTimeOffset?>(row, "LastUsedAt", "timestamp with time zone", "last_used_at");
        Column<DateTimeOffset?>(row, "RevokedAt", "timestamp with time zone", "revoked_at");
        row.HasKey("Id").HasName("pk_api_keys");
        row.HasIndex("PrincipalId").HasDatabaseName("ix_api_keys_principal");
        row.ToTable("api_keys", (string?)null);
        row.HasOne(Rows + "PrincipalRow", null).WithMany().HasForeignKey("PrincipalId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_api_keys_principal");
    }

    static void SigningKey(EntityTypeBuilder row)
    {
        Column<string>(row, "Id", "text", "id");
        Column<byte[]>(row, "PublicKey", "bytea", "public_key").IsRequired();
        Column<byte[]>(row, "PrivateKey", "bytea", "private_key");
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<DateTimeOffset?>(row, "RetiredAt", "timestamp with time zone", "retired_at");
        row.HasKey("Id").HasName("pk_signing_keys");
        row.ToTable("signing_keys", (string?)null);
    }

    static void SignInSession(EntityTypeBuilder row)
    {
        Column<Guid>(row, "Id", "uuid", "id").ValueGeneratedNever();
        Column<Guid>(row, "PrincipalId", "uuid", "principal_id");
        Column<string>(row, "Method", "text", "method").IsRequired();
        Column<string>(row, "Address", "text", "address");
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<DateTimeOffset>(row, "LastSeenAt", "timestamp with time zone", "last_seen_at");
        Column<DateTimeOffset>(row, "ExpiresAt", "timestamp with time zone", "expires_at");
        Column<DateTimeOffset?>(row, "EndedAt", "timestamp with time zone", "ended_at");
        row.HasKey("Id").HasName("pk_sign_in_sessions");
        row.HasIndex("PrincipalId").HasDatabaseName("ix_sign_in_sessions_principal");
        row.HasIndex("ExpiresAt").HasDatabaseName("ix_sign_in_sessions_expires_at");
        row.ToTable("sign_in_sessions", (string?)null);
        row.HasOne(Rows + "PrincipalRow", null).WithMany().HasForeignKey("PrincipalId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_sign_in_sessions_principal");
    }

    static void SignInThrottle(EntityTypeBuilder row)
    {
        Column<string>(row, "Key", "text", "key");
        Column<int>(row, "Failures", "integer", "failures");
        Column<DateTimeOffset>(row, "Since", "timestamp with time zone", "since");
        Column<DateTimeOffset?>(row, "BlockedUntil", "timestamp with time zone", "blocked_until");
        row.HasKey("Key").HasName("pk_sign_in_throttles");
        row.HasIndex("Since").HasDatabaseName("ix_sign_in_throttles_since");
        row.ToTable("sign_in_throttles", (string?)null);
    }

    static void TablePolicy(EntityTypeBuilder row)
    {
        Column<Guid>(row, "TableId", "uuid", "table_id").ValueGeneratedNever();
        Column<string>(row, "Name", "text", "name").IsRequired();
        Column<int>(row, "Version", "integer", "version");
        Column<string>(row, "RowFilter", "text", "row_filter");
        Column<string>(row, "Masks", "jsonb", "masks").IsRequired();
        Column<string>(row, "Fields", "jsonb", "fields");
        Column<bool>(row, "Checked", "boolean", "checked");
        Column<Guid[]>(row, "Bound", "uuid[]", "bound").IsRequired();
        Column<Guid[]>(row, "Exempt", "uuid[]", "exempt").IsRequired();
        Column<DateTimeOffset>(row, "UpdatedAt", "timestamp with time zone", "updated_at");
        Column<string>(row, "UpdatedBy", "text", "updated_by").IsRequired();
        row.HasKey("TableId", "Name").HasName("pk_table_policies");
        row.ToTable("table_policies", (string?)null);
    }

    static void Audit(EntityTypeBuilder row)
    {
        Column<long>(row, "Id", "bigint", "id").ValueGeneratedOnAdd().UseIdentityByDefaultColumn();
        Column<DateTimeOffset>(row, "At", "timestamp with time zone", "at");
        Column<Guid?>(row, "PrincipalId", "uuid", "principal_id");
        Column<string>(row, "Principal", "text", "principal").IsRequired();
        Column<string>(row, "Action", "text", "action").IsRequired();
        Column<string>(row, "Outcome", "text", "outcome").IsRequired();
        Column<string>(row, "Securable", "text", "securable").IsRequired();
        Column<string>(row, "Branch", "text", "branch");
        Column<int>(row, "Count", "integer", "count");
        Column<string>(row, "Detail", "jsonb", "detail").IsRequired();
        row.HasKey("Id").HasName("pk_audit");
        row.HasIndex("At").HasDatabaseName("ix_audit_at");
        row.HasIndex("Principal", "Id").HasDatabaseName("ix_audit_principal");
        row.HasIndex("Securable", "Id").HasDatabaseName("ix_audit_securable");
        row.ToTable("audit", (string?)null);
    }

    static PropertyBuilder<T> Column<T>(EntityTypeBuilder row, string property, string type, string column) =>
        row.Property<T>(property).HasColumnType(type).HasColumnName(column);
}
