using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Access;

/// <summary>The tables of principals, grants, credentials and the audit log.</summary>
internal static class AccessTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<AccessVersionRow>(AccessVersion);
        model.Entity<PrincipalRow>(Principal);
        model.Entity<MembershipRow>(Membership);
        model.Entity<GrantRow>(Grant);
        model.Entity<ApiKeyRow>(ApiKey);
        model.Entity<SigningKeyRow>(SigningKey);
        model.Entity<SignInSessionRow>(SignInSession);
        model.Entity<SignInThrottleRow>(SignInThrottle);
        model.Entity<TablePolicyRow>(TablePolicy);
        model.Entity<AuditRow>(Audit);
    }

    static void AccessVersion(EntityTypeBuilder<AccessVersionRow> row)
    {
        row.ToTable("access_version").HasKey(r => r.Id).HasName("pk_access_version");
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.Version).HasColumnName("version");
    }

    static void Principal(EntityTypeBuilder<PrincipalRow> row)
    {
        row.ToTable("principals").HasKey(r => r.Id).HasName("pk_principals");
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.Kind).HasColumnName("kind");
        row.Property(r => r.Name).HasColumnName("name").UseCollation(CatalogDb.ByteOrder);
        row.Property(r => r.DisplayName).HasColumnName("display_name");
        row.Property(r => r.Issuer).HasColumnName("issuer");
        row.Property(r => r.Subject).HasColumnName("subject");
        row.Property(r => r.Password).HasColumnName("password");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.CreatedBy).HasColumnName("created_by");
        row.Property(r => r.DisabledAt).HasColumnName("disabled_at");
        row.Property(r => r.DeletedAt).HasColumnName("deleted_at");
        row.HasIndex(r => r.Name).IsUnique().HasDatabaseName("ux_principals_name");
        row.HasIndex(r => new { r.Issuer, r.Subject }).IsUnique().HasFilter("subject IS NOT NULL").HasDatabaseName("ux_principals_subject");
    }

    static void Membership(EntityTypeBuilder<MembershipRow> row)
    {
        row.ToTable("memberships").HasKey(r => new { r.GroupId, r.MemberId }).HasName("pk_memberships");
        row.Property(r => r.GroupId).HasColumnName("group_id");
        row.Property(r => r.MemberId).HasColumnName("member_id");
        row.Property(r => r.AddedAt).HasColumnName("added_at");
        row.Property(r => r.AddedBy).HasColumnName("added_by");
        row.HasIndex(r => r.MemberId).HasDatabaseName("ix_memberships_member");
        row.HasOne<PrincipalRow>().WithMany().HasForeignKey(r => r.GroupId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_memberships_group");
        row.HasOne<PrincipalRow>().WithMany().HasForeignKey(r => r.MemberId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_memberships_member");
    }

    static void Grant(EntityTypeBuilder<GrantRow> row)
    {
        row.ToTable("grants").HasKey(r => r.Id).HasName("pk_grants");
        row.Property(r => r.Id).HasColumnName("id");
        row.Property(r => r.PrincipalId).HasColumnName("principal_id");
        row.Property(r => r.Privilege).HasColumnName("privilege");
        row.Property(r => r.Namespace).HasColumnName("namespace").UseCollation(CatalogDb.ByteOrder);
        row.Property(r => r.TableId).HasColumnName("table_id");
        row.Property(r => r.Branch).HasColumnName("branch");
        row.Property(r => r.GrantedAt).HasColumnName("granted_at");
        row.Property(r => r.GrantedBy).HasColumnName("granted_by");
        row.HasIndex(r => new { r.PrincipalId, r.Privilege, r.Namespace, r.TableId, r.Branch }).IsUnique().AreNullsDistinct(false).HasDatabaseName("ux_grants");
        row.HasIndex(r => r.TableId).HasFilter("table_id IS NOT NULL").HasDatabaseName("ix_grants_table");
        row.HasOne<PrincipalRow>().WithMany().HasForeignKey(r => r.PrincipalId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_grants_principal");
    }

    static void ApiKey(EntityTypeBuilder<ApiKeyRow> row)
    {
        row.ToTable("api_keys").HasKey(r => r.Id).HasName("pk_api_keys");
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.PrincipalId).HasColumnName("principal_id");
        row.Property(r => r.Name).HasColumnName("name");
        row.Property(r => r.Hash).HasColumnName("hash");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.CreatedBy).HasColumnName("created_by");
        row.Property(r => r.ExpiresAt).HasColumnName("expires_at");
        row.Property(r => r.LastUsedAt).HasColumnName("last_used_at");
        row.Property(r => r.RevokedAt).HasColumnName("revoked_at");
        row.HasIndex(r => r.PrincipalId).HasDatabaseName("ix_api_keys_principal");
        row.HasOne<PrincipalRow>().WithMany().HasForeignKey(r => r.PrincipalId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_api_keys_principal");
    }

    static void SigningKey(EntityTypeBuilder<SigningKeyRow> row)
    {
        row.ToTable("signing_keys").HasKey(r => r.Id).HasName("pk_signing_keys");
        row.Property(r => r.Id).HasColumnName("id");
        row.Property(r => r.PublicKey).HasColumnName("public_key");
        row.Property(r => r.PrivateKey).HasColumnName("private_key");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.RetiredAt).HasColumnName("retired_at");
    }

    static void SignInSession(EntityTypeBuilder<SignInSessionRow> row)
    {
        row.ToTable("sign_in_sessions").HasKey(r => r.Id).HasName("pk_sign_in_sessions");
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.PrincipalId).HasColumnName("principal_id");
        row.Property(r => r.Method).HasColumnName("method");
        row.Property(r => r.Address).HasColumnName("address");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.LastSeenAt).HasColumnName("last_seen_at");
        row.Property(r => r.ExpiresAt).HasColumnName("expires_at");
        row.Property(r => r.EndedAt).HasColumnName("ended_at");
        row.HasIndex(r => r.PrincipalId).HasDatabaseName("ix_sign_in_sessions_principal");
        row.HasIndex(r => r.ExpiresAt).HasDatabaseName("ix_sign_in_sessions_expires_at");
        row.HasOne<PrincipalRow>().WithMany().HasForeignKey(r => r.PrincipalId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_sign_in_sessions_principal");
    }

    static void SignInThrottle(EntityTypeBuilder<SignInThrottleRow> row)
    {
        row.ToTable("sign_in_throttles").HasKey(r => r.Key).HasName("pk_sign_in_throttles");
        row.Property(r => r.Key).HasColumnName("key");
        row.Property(r => r.Failures).HasColumnName("failures");
        row.Property(r => r.Since).HasColumnName("since");
        row.Property(r => r.BlockedUntil).HasColumnName("blocked_until");
        row.HasIndex(r => r.Since).HasDatabaseName("ix_sign_in_throttles_since");
    }

    static void TablePolicy(EntityTypeBuilder<TablePolicyRow> row)
    {
        row.ToTable("table_policies").HasKey(r => new { r.TableId, r.Name }).HasName("pk_table_policies");
        row.Property(r => r.TableId).HasColumnName("table_id").ValueGeneratedNever();
        row.Property(r => r.Name).HasColumnName("name");
        row.Property(r => r.Version).HasColumnName("version");
        row.Property(r => r.RowFilter).HasColumnName("row_filter");
        row.Property(r => r.Masks).HasColumnName("masks").HasColumnType("jsonb");
        row.Property(r => r.Fields).HasColumnName("fields").HasColumnType("jsonb");
        row.Property(r => r.Checked).HasColumnName("checked");
        row.Property(r => r.Bound).HasColumnName("bound");
        row.Property(r => r.Exempt).HasColumnName("exempt");
        row.Property(r => r.UpdatedAt).HasColumnName("updated_at");
        row.Property(r => r.UpdatedBy).HasColumnName("updated_by");
    }

    static void Audit(EntityTypeBuilder<AuditRow> row)
    {
        row.ToTable("audit").HasKey(r => r.Id).HasName("pk_audit");
        row.Property(r => r.Id).HasColumnName("id");
        row.Property(r => r.At).HasColumnName("at");
        row.Property(r => r.PrincipalId).HasColumnName("principal_id");
        row.Property(r => r.Principal).HasColumnName("principal");
        row.Property(r => r.Action).HasColumnName("action");
        row.Property(r => r.Outcome).HasColumnName("outcome");
        row.Property(r => r.Securable).HasColumnName("securable");
        row.Property(r => r.Branch).HasColumnName("branch");
        row.Property(r => r.Count).HasColumnName("count");
        row.Property(r => r.Detail).HasColumnName("detail").HasColumnType("jsonb");
        row.HasIndex(r => r.At).HasDatabaseName("ix_audit_at");
        row.HasIndex(r => new { r.Principal, r.Id }).HasDatabaseName("ix_audit_principal");
        row.HasIndex(r => new { r.Securable, r.Id }).HasDatabaseName("ix_audit_securable");
    }
}
