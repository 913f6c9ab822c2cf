using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>The model as the newest migration leaves it, in full and on its own: what a changed <see cref="CatalogDb"/> is compared with.</summary>
[DbContext(typeof(CatalogDb))]
internal sealed class CatalogDbModelSnapshot : ModelSnapshot
{
    const string Rows = "LakeAspire.Catalog.Database.";

    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.HasAnnotation("ProductVersion", "10.0.0").HasAnnotation("Relational:MaxIdentifierLength", 63);
        modelBuilder.UseIdentityByDefaultColumns();
        modelBuilder.Entity(Rows + "BranchRow", Branch);
        modelBuilder.Entity(Rows + "CommitRow", Commit);
        modelBuilder.Entity(Rows + "TableRow", Table);
        modelBuilder.Entity(Rows + "PointerRow", Pointer);
        modelBuilder.Entity(Rows + "CursorRow", Cursor);
        modelBuilder.Entity(Rows + "ItemRow", Item);
        modelBuilder.Entity(Rows + "ProjectRow", Project);
        modelBuilder.Entity(Rows + "RunRow", Run);
        modelBuilder.Entity(Rows + "RunNodeRow", RunNode);
        modelBuilder.Entity(Rows + "UpkeepRequestRow", UpkeepRequest);
        modelBuilder.Entity(Rows + "UpkeepActRow", UpkeepAct);
        modelBuilder.Entity(Rows + "PublicationRow", Publication);
        AccessSnapshot.Add(modelBuilder);
        MetricsSnapshot.Add(modelBuilder);
        LineageSnapshot.Add(modelBuilder);
        LeasesSnapshot.Add(modelBuilder);
        RecoverySnapshot.Add(modelBuilder);
        IdempotencySnapshot.Add(modelBuilder);
    }

    static void Branch(EntityTypeBuilder row)
    {
        row.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("integer").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<string>(row, "Name", "text", "name").IsRequired().UseCollation("C");
        Column<int>(row, "Kind", "integer", "kind");
        Column<int?>(row, "ParentId", "integer", "parent_id");
        Column<long?>(row, "ParentCommit", "bigint", "parent_commit");
        Column<long?>(row, "HeadCommitId", "bigint", "head_commit_id");
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<string>(row, "CreatedBy", "text", "created_by").IsRequired();
        Column<bool>(row, "IsProtected", "boolean", "is_protected");
        Column<DateTimeOffset?>(row, "ExpiresAt", "timestamp with time zone", "expires_at");
        Column<DateTimeOffset?>(row, "DroppedAt", "timestamp with time zone", "dropped_at");
        row.HasKey("Id").HasName("pk_branches");
        row.HasIndex("Name").IsUnique().HasDatabaseName("ux_branches_name").HasFilter("dropped_at IS NULL");
        row.HasIndex("ParentId").HasDatabaseName("ix_branches_parent");
        row.ToTable("branches", (string?)null);
        row.HasOne(Rows + "BranchRow", null).WithMany().HasForeignKey("ParentId").OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_branches_parent");
    }

    static void Commit(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<int>(row, "BranchId", "integer", "branch_id");
        Column<long?>(row, "ParentId", "bigint", "parent_id");
        Column<DateTimeOffset>(row, "At", "timestamp with time zone", "at");
        Column<string>(row, "Author", "text", "author").IsRequired();
        Column<string>(row, "Message", "text", "message").IsRequired();
        Column<long?>(row, "RunId", "bigint", "run_id");
        Column<string>(row, "Kind", "text", "kind").IsRequired();
        Column<int?>(row, "MergedBranchId", "integer", "merged_branch_id");
        Column<long?>(row, "MergedCommit", "bigint", "merged_commit");
        row.HasKey("Id").HasName("pk_commits");
        row.HasIndex("BranchId", "Id").HasDatabaseName("ix_commits_branch");
        row.HasIndex("BranchId", "At", "Id").HasDatabaseName("ix_commits_at");
        row.HasIndex("MergedBranchId", "BranchId", "Id").HasDatabaseName("ix_commits_merged").HasFilter("merged_branch_id IS NOT NULL");
        row.ToTable("commits", (string?)null);
        row.HasOne(Rows + "BranchRow", null).WithMany().HasForeignKey("BranchId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_commits_branch");
    }

    static void Table(EntityTypeBuilder row)
    {
        Column<Guid>(row, "Id", "uuid", "id").ValueGeneratedNever();
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        row.HasKey("Id").HasName("pk_tables");
        row.ToTable("tables", (string?)null);
    }

    static void Pointer(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<int>(row, "BranchId", "integer", "branch_id");
        Column<Guid>(row, "TableId", "uuid", "table_id");
        Column<int>(row, "Kind", "integer", "kind");
        Column<string>(row, "Namespace", "text", "namespace").IsRequired().UseCollation("C");
        Column<string>(row, "Name", "text", "name").IsRequired().UseCollation("C");
        Column<string>(row, "MetadataLocation", "text", "metadata_location").IsRequired();
        Column<long>(row, "FromCommit", "bigint", "from_commit");
        Column<long?>(row, "ToCommit", "bigint", "to_commit");
        Column<bool>(row, "Dropped", "boolean", "dropped");
        Column<string>(row, "Location", "text", "location").IsRequired().UseCollation("C");
        Column<int>(row, "FormatVersion", "integer", "format_version");
        Column<long?>(row, "SnapshotId", "bigint", "snapshot_id");
        Column<long?>(row, "Rows", "bigint", "rows");
        Column<long?>(row, "Files", "bigint", "files");
        Column<long?>(row, "Bytes", "bigint", "bytes");
        Column<string>(row, "Properties", "jsonb", "properties");
        Column<string>(row, "Owner", "text", "owner");
        row.HasKey("Id").HasName("pk_pointers");
        row.HasIndex("BranchId", "TableId").IsUnique().HasDatabaseName("ux_pointers_current_table").HasFilter("to_commit IS NULL");
        row.HasIndex(["BranchId", "Namespace", "Name"], "ux_pointers_current_name").IsUnique().HasFilter("to_commit IS NULL AND NOT dropped AND kind <> 2");
        row.HasIndex(["BranchId", "Namespace", "Name"], "ux_pointers_current_namespace").IsUnique().HasFilter("to_commit IS NULL AND NOT dropped AND kind = 2");
        row.HasIndex("BranchId", "Namespace", "Name", "FromCommit").HasDatabaseName("ix_pointers_history");
        row.HasIndex("TableId", "BranchId", "FromCommit").HasDatabaseName("ix_pointers_table");
        row.HasIndex("Location").HasDatabaseName("ix_pointers_location").HasFilter("to_commit IS NULL AND kind < 2");
        row.HasIndex("FromCommit").HasDatabaseName("ix_pointers_from_commit");
        row.HasIndex("ToCommit").HasDatabaseName("ix_pointers_to_commit");
        row.ToTable("pointers", (string?)null);
        row.HasOne(Rows + "BranchRow", null).WithMany().HasForeignKey("BranchId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_pointers_branch");
        row.HasOne(Rows + "TableRow", null).WithMany().HasForeignKey("TableId").OnDelete(DeleteBehavior.Restrict).IsRequired().HasConstraintName("fk_pointers_table");
        row.HasOne(Rows + "CommitRow", null).WithMany().HasForeignKey("FromCommit").OnDelete(DeleteBehavior.Restrict).IsRequired()
            .HasConstraintName("fk_pointers_from_commit");
        row.HasOne(Rows + "CommitRow", null).WithMany().HasForeignKey("ToCommit").OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_pointers_to_commit");
    }

    static void Cursor(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<int>(row, "BranchId", "integer", "branch_id");
        Column<string>(row, "Scope", "text", "scope").IsRequired().UseCollation("C");
        Column<string>(row, "Value", "text", "value");
        Column<long>(row, "FromCommit", "bigint", "from_commit");
        Column<long?>(row, "ToCommit", "bigint", "to_commit");
        Column<DateTimeOffset>(row, "At", "timestamp with time zone", "at");
        row.HasKey("Id").HasName("pk_cursors");
        row.HasIndex("BranchId", "Scope").IsUnique().HasDatabaseName("ux_cursors_current").HasFilter("to_commit IS NULL");
        row.HasIndex("BranchId", "Scope", "FromCommit").HasDatabaseName("ix_cursors_history");
        row.HasIndex("FromCommit").HasDatabaseName("ix_cursors_from_commit");
        row.ToTable("cursors", (string?)null);
    }

    static void Item(EntityTypeBuilder row)
    {
        Column<int>(row, "BranchId", "integer", "branch_id");
        Column<string>(row, "Scope", "text", "scope");
        Column<string>(row, "Key", "text", "key");
        Column<string>(row, "Fingerprint", "text", "fingerprint").IsRequired();
        Column<long>(row, "CommitId", "bigint", "commit_id");
        Column<long?>(row, "Origin", "bigint", "origin_commit");
        Column<long?>(row, "ToCommit", "bigint", "to_commit");
        Column<DateTimeOffset?>(row, "ExpiresAt", "timestamp with time zone", "expires_at");
        row.HasKey("Scope", "Key", "BranchId", "CommitId").HasName("pk_items");
        row.HasIndex("BranchId", "CommitId").HasDatabaseName("ix_items_commit");
        row.HasIndex("ExpiresAt").HasDatabaseName("ix_items_expires_at").HasFilter("expires_at IS NOT NULL");
        row.ToTable("items", (string?)null);
    }

    static void Project(EntityTypeBuilder row)
    {
        Column<string>(row, "Name", "text", "name").UseCollation("C");
        Column<DateTimeOffset>(row, "UpdatedAt", "timestamp with time zone", "updated_at");
        Column<string>(row, "Document", "jsonb", "document").IsRequired();
        row.HasKey("Name").HasName("pk_projects");
        row.ToTable("projects", (string?)null);
    }

    static void Run(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<string>(row, "Pipeline", "text", "pipeline").IsRequired();
        Column<string>(row, "State", "text", "state").IsRequired();
        Column<string>(row, "Trigger", "text", "trigger").IsRequired();
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<DateTimeOffset?>(row, "StartedAt", "timestamp with time zone", "started_at");
        Column<DateTimeOffset?>(row, "FinishedAt", "timestamp with time zone", "finished_at");
        Column<long?>(row, "CommitId", "bigint", "commit_id");
        Column<string>(row, "Error", "text", "error");
        Column<int>(row, "Attempt", "integer", "attempt");
        Column<string>(row, "TraceParent", "text", "trace_parent");
        Column<string>(row, "LeaseOwner", "text", "lease_owner");
        Column<DateTimeOffset?>(row, "LeaseExpiresAt", "timestamp with time zone", "lease_expires_at");
        row.HasKey("Id").HasName("pk_runs");
        row.HasIndex("Pipeline", "Id").HasDatabaseName("ix_runs_pipeline");
        row.HasIndex("Pipeline", "State").IsUnique().HasDatabaseName("ux_runs_active").HasFilter("state IN ('queued', 'running')");
        row.ToTable("runs", (string?)null);
    }

    static void RunNode(EntityTypeBuilder row)
    {
        Column<long>(row, "RunId", "bigint", "run_id");
        Column<string>(row, "Model", "text", "model");
        Column<int>(row, "Position", "integer", "position");
        Column<string>(row, "State", "text", "state").IsRequired();
        Column<DateTimeOffset?>(row, "StartedAt", "timestamp with time zone", "started_at");
        Column<DateTimeOffset?>(row, "FinishedAt", "timestamp with time zone", "finished_at");
        Column<long?>(row, "Rows", "bigint", "rows");
        Column<string>(row, "Error", "text", "error");
        Column<string>(row, "CompiledSql", "text", "compiled_sql");
        row.HasKey("RunId", "Model").HasName("pk_run_nodes");
        row.ToTable("run_nodes", (string?)null);
        row.HasOne(Rows + "RunRow", null).WithMany("Nodes").HasForeignKey("RunId").OnDelete(DeleteBehavior.Cascade).IsRequired().HasConstraintName("fk_run_nodes_run");
    }

    static void UpkeepRequest(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<string>(row, "Table", "text", "table");
        Column<bool>(row, "DryRun", "boolean", "dry_run");
        Column<string>(row, "State", "text", "state").IsRequired();
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<DateTimeOffset?>(row, "FinishedAt", "timestamp with time zone", "finished_at");
        Column<string>(row, "Error", "text", "error");
        Column<string>(row, "LeaseOwner", "text", "lease_owner");
        Column<DateTimeOffset?>(row, "LeaseExpiresAt", "timestamp with time zone", "lease_expires_at");
        row.HasKey("Id").HasName("pk_upkeep_requests");
        row.HasIndex("Id").HasDatabaseName("ix_upkeep_requests_open").HasFilter("state IN ('queued', 'running')");
        row.ToTable("upkeep_requests", (string?)null);
    }

    static void UpkeepAct(EntityTypeBuilder row)
    {
        Column<Guid>(row, "Id", "uuid", "id").ValueGeneratedNever();
        Column<long?>(row, "RequestId", "bigint", "request_id");
        Column<string>(row, "Namespace", "text", "namespace").IsRequired();
        Column<string>(row, "Table", "text", "table").IsRequired();
        Column<string>(row, "Act", "text", "act").IsRequired();
        Column<string>(row, "State", "text", "state").IsRequired();
        Column<string>(row, "Reason", "text", "reason").IsRequired();
        Column<string>(row, "Details", "jsonb", "details").IsRequired();
        Column<string>(row, "Error", "text", "error");
        Column<DateTimeOffset>(row, "StartedAt", "timestamp with time zone", "started_at");
        Column<DateTimeOffset?>(row, "FinishedAt", "timestamp with time zone", "finished_at");
        row.HasKey("Id").HasName("pk_upkeep_acts");
        row.HasIndex("StartedAt").HasDatabaseName("ix_upkeep_acts_started_at");
        row.HasIndex("RequestId").HasDatabaseName("ix_upkeep_acts_request").HasFilter("request_id IS NOT NULL");
        row.HasIndex("Namespace", "Table", "StartedAt").HasDatabaseName("ix_upkeep_acts_table");
        row.ToTable("upkeep_acts", (string?)null);
    }

    static void Publication(EntityTypeBuilder row)
    {
        Column<Guid>(row, "TableId", "uuid", "table_id").ValueGeneratedNever();
        Column<string>(row, "State", "text", "state").IsRequired();
        Column<string>(row, "Reason", "text", "reason");
        Column<long?>(row, "Version", "bigint", "version");
        Column<long?>(row, "SnapshotId", "bigint", "snapshot_id");
        Column<long?>(row, "SequenceNumber", "bigint", "sequence_number");
        Column<long?>(row, "CurrentSequenceNumber", "bigint", "current_sequence_number");
        Column<string[]>(row, "LeftOut", "text[]", "left_out").IsRequired();
        Column<long>(row, "CommitId", "bigint", "commit_id");
        Column<DateTimeOffset>(row, "UpdatedAt", "timestamp with time zone", "updated_at");
        Column<int>(row, "Attempt", "integer", "attempt");
        Column<string>(row, "LeaseOwner", "text", "lease_owner");
        Column<DateTimeOffset?>(row, "LeaseExpiresAt", "timestamp with time zone", "lease_expires_at");
        row.HasKey("TableId").HasName("pk_publications");
        row.ToTable("publications", (string?)null);
        row.HasOne(Rows + "TableRow", null).WithOne().HasForeignKey(Rows + "PublicationRow", "TableId").OnDelete(DeleteBehavior.Cascade).IsRequired().HasConstraintName("fk_publications_table");
    }

    static PropertyBuilder<T> Column<T>(EntityTypeBuilder row, string property, string type, string column) =>
        row.Property<T>(property).HasColumnType(type).HasColumnName(column);
}
