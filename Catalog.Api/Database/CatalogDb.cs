using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Database;

/// <summary>The catalog's database. A change of this model needs a migration and a new snapshot, both written by hand; a test compares all three.</summary>
internal sealed class CatalogDb(DbContextOptions<CatalogDb> options) : DbContext(options)
{
    /// <summary>Names sort by code point whatever the database's locale is, so that page tokens stay valid when it changes.</summary>
    public const string ByteOrder = "C";

    public DbSet<BranchRow> Branches => Set<BranchRow>();

    public DbSet<CommitRow> Commits => Set<CommitRow>();

    public DbSet<TableRow> Tables => Set<TableRow>();

    public DbSet<PointerRow> Pointers => Set<PointerRow>();

    public DbSet<CursorRow> Cursors => Set<CursorRow>();

    public DbSet<ItemRow> Items => Set<ItemRow>();

    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<RunNodeRow> RunNodes => Set<RunNodeRow>();

    public DbSet<UpkeepRequestRow> UpkeepRequests => Set<UpkeepRequestRow>();

    public DbSet<UpkeepActRow> UpkeepActs => Set<UpkeepActRow>();

    public DbSet<PublicationRow> Publications => Set<PublicationRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<BranchRow>(Branch);
        modelBuilder.Entity<CommitRow>(Commit);
        modelBuilder.Entity<TableRow>(Table);
        modelBuilder.Entity<PointerRow>(Pointer);
        modelBuilder.Entity<CursorRow>(Cursor);
        modelBuilder.Entity<ItemRow>(Item);
        modelBuilder.Entity<ProjectRow>(Project);
        modelBuilder.Entity<RunRow>(Run);
        modelBuilder.Entity<RunNodeRow>(RunNode);
        modelBuilder.Entity<UpkeepRequestRow>(UpkeepRequest);
        modelBuilder.Entity<UpkeepActRow>(UpkeepAct);
        modelBuilder.Entity<PublicationRow>(Publication);
        Access.AccessTables.Configure(modelBuilder);
        Metrics.MetricsTables.Configure(modelBuilder);
        Lineage.LineageModel.Configure(modelBuilder);
        Leases.LeaseRow.Configure(modelBuilder);
        Recovery.PurgeRow.Configure(modelBuilder);
        Idempotency.IdempotencyKeyRow.Configure(modelBuilder);
        DeclaredSources.SourceRow.Configure(modelBuilder);
    }

    static void Branch(EntityTypeBuilder<BranchRow> row)
    {
        row.ToTable("branches").HasKey(b => b.Id).HasName("pk_branches");
        row.Property(b => b.Id).HasColumnName("id");
        row.Property(b => b.Name).HasColumnName("name").UseCollation(ByteOrder);
        row.Property(b => b.Kind).HasColumnName("kind");
        row.Property(b => b.ParentId).HasColumnName("parent_id");
        row.Property(b => b.ParentCommit).HasColumnName("parent_commit");
        row.Property(b => b.HeadCommitId).HasColumnName("head_commit_id");
        row.Property(b => b.CreatedAt).HasColumnName("created_at");
        row.Property(b => b.CreatedBy).HasColumnName("created_by");
        row.Property(b => b.IsProtected).HasColumnName("is_protected");
        row.Property(b => b.ExpiresAt).HasColumnName("expires_at");
        row.Property(b => b.DroppedAt).HasColumnName("dropped_at");
        row.HasIndex(b => b.Name).IsUnique().HasFilter("dropped_at IS NULL").HasDatabaseName("ux_branches_name");
        row.HasIndex(b => b.ParentId).HasDatabaseName("ix_branches_parent");
        row.HasOne<BranchRow>().WithMany().HasForeignKey(b => b.ParentId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_branches_parent");
    }

    static void Commit(EntityTypeBuilder<CommitRow> row)
    {
        row.ToTable("commits").HasKey(c => c.Id).HasName("pk_commits");
        row.Property(c => c.Id).HasColumnName("id");
        row.Property(c => c.BranchId).HasColumnName("branch_id");
        row.Property(c => c.ParentId).HasColumnName("parent_id");
        row.Property(c => c.At).HasColumnName("at");
        row.Property(c => c.Author).HasColumnName("author");
        row.Property(c => c.Message).HasColumnName("message");
        row.Property(c => c.RunId).HasColumnName("run_id");
        row.Property(c => c.Kind).HasColumnName("kind");
        row.Property(c => c.MergedBranchId).HasColumnName("merged_branch_id");
        row.Property(c => c.MergedCommit).HasColumnName("merged_commit");
        row.HasIndex(c => new { c.BranchId, c.Id }).HasDatabaseName("ix_commits_branch");
        row.HasIndex(c => new { c.BranchId, c.At, c.Id }).HasDatabaseName("ix_commits_at");
        row.HasIndex(c => new { c.MergedBranchId, c.BranchId, c.Id }).HasFilter("merged_branch_id IS NOT NULL").HasDatabaseName("ix_commits_merged");
        row.HasOne<BranchRow>().WithMany().HasForeignKey(c => c.BranchId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_commits_branch");
    }

    static void Table(EntityTypeBuilder<TableRow> row)
    {
        row.ToTable("tables").HasKey(t => t.Id).HasName("pk_tables");
        row.Property(t => t.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(t => t.CreatedAt).HasColumnName("created_at");
    }

    static void Pointer(EntityTypeBuilder<PointerRow> row)
    {
        row.ToTable("pointers").HasKey(p => p.Id).HasName("pk_pointers");
        row.Property(p => p.Id).HasColumnName("id");
        row.Property(p => p.BranchId).HasColumnName("branch_id");
        row.Property(p => p.TableId).HasColumnName("table_id");
        row.Property(p => p.Kind).HasColumnName("kind");
        row.Property(p => p.Namespace).HasColumnName("namespace").UseCollation(ByteOrder);
        row.Property(p => p.Name).HasColumnName("name").UseCollation(ByteOrder);
        row.Property(p => p.MetadataLocation).HasColumnName("metadata_location");
        row.Property(p => p.FromCommit).HasColumnName("from_commit");
        row.Property(p => p.ToCommit).HasColumnName("to_commit");
        row.Property(p => p.Dropped).HasColumnName("dropped");
        row.Property(p => p.Location).HasColumnName("location").UseCollation(ByteOrder);
        row.Property(p => p.FormatVersion).HasColumnName("format_version");
        row.Property(p => p.SnapshotId).HasColumnName("snapshot_id");
        row.Property(p => p.Rows).HasColumnName("rows");
        row.Property(p => p.Files).HasColumnName("files");
        row.Property(p => p.Bytes).HasColumnName("bytes");
        row.Property(p => p.Properties).HasColumnName("properties").HasColumnType("jsonb");
        row.Property(p => p.Owner).HasColumnName("owner");
        row.HasIndex(p => new { p.BranchId, p.TableId }).IsUnique().HasFilter("to_commit IS NULL").HasDatabaseName("ux_pointers_current_table");
        row.HasIndex([nameof(PointerRow.BranchId), nameof(PointerRow.Namespace), nameof(PointerRow.Name)], "ux_pointers_current_name").IsUnique().HasFilter("to_commit IS NULL AND NOT dropped AND kind <> 2");
        row.HasIndex([nameof(PointerRow.BranchId), nameof(PointerRow.Namespace), nameof(PointerRow.Name)], "ux_pointers_current_namespace").IsUnique().HasFilter("to_commit IS NULL AND NOT dropped AND kind = 2");
        row.HasIndex(p => new { p.BranchId, p.Namespace, p.Name, p.FromCommit }).HasDatabaseName("ix_pointers_history");
        row.HasIndex(p => new { p.TableId, p.BranchId, p.FromCommit }).HasDatabaseName("ix_pointers_table");
        row.HasIndex(p => p.Location).HasFilter("to_commit IS NULL AND kind < 2").HasDatabaseName("ix_pointers_location");
        row.HasIndex(p => p.FromCommit).HasDatabaseName("ix_pointers_from_commit");
        row.HasIndex(p => p.ToCommit).HasDatabaseName("ix_pointers_to_commit");
        row.HasOne<BranchRow>().WithMany().HasForeignKey(p => p.BranchId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_pointers_branch");
        row.HasOne<TableRow>().WithMany().HasForeignKey(p => p.TableId).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_pointers_table");
        row.HasOne<CommitRow>().WithMany().HasForeignKey(p => p.FromCommit).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_pointers_from_commit");
        row.HasOne<CommitRow>().WithMany().HasForeignKey(p => p.ToCommit).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_pointers_to_commit");
    }

    static void Cursor(EntityTypeBuilder<CursorRow> row)
    {
        row.ToTable("cursors").HasKey(c => c.Id).HasName("pk_cursors");
        row.Property(c => c.Id).HasColumnName("id");
        row.Property(c => c.BranchId).HasColumnName("branch_id");
        row.Property(c => c.Scope).HasColumnName("scope").UseCollation(ByteOrder);
        row.Property(c => c.Value).HasColumnName("value");
        row.Property(c => c.FromCommit).HasColumnName("from_commit");
        row.Property(c => c.ToCommit).HasColumnName("to_commit");
        row.Property(c => c.At).HasColumnName("at");
        row.HasIndex(c => new { c.BranchId, c.Scope }).IsUnique().HasFilter("to_commit IS NULL").HasDatabaseName("ux_cursors_current");
        row.HasIndex(c => new { c.BranchId, c.Scope, c.FromCommit }).HasDatabaseName("ix_cursors_history");
        row.HasIndex(c => c.FromCommit).HasDatabaseName("ix_cursors_from_commit");
    }

    static void Item(EntityTypeBuilder<ItemRow> row)
    {
        row.ToTable("items").HasKey(i => new { i.Scope, i.Key, i.BranchId, i.CommitId }).HasName("pk_items");
        row.Property(i => i.BranchId).HasColumnName("branch_id");
        row.Property(i => i.Scope).HasColumnName("scope");
        row.Property(i => i.Key).HasColumnName("key");
        row.Property(i => i.Fingerprint).HasColumnName("fingerprint");
        row.Property(i => i.CommitId).HasColumnName("commit_id");
        row.Property(i => i.Origin).HasColumnName("origin_commit");
        row.Property(i => i.ToCommit).HasColumnName("to_commit");
        row.Property(i => i.ExpiresAt).HasColumnName("expires_at");
        row.HasIndex(i => new { i.BranchId, i.CommitId }).HasDatabaseName("ix_items_commit");
        row.HasIndex(i => i.ExpiresAt).HasFilter("expires_at IS NOT NULL").HasDatabaseName("ix_items_expires_at");
    }

    static void Project(EntityTypeBuilder<ProjectRow> row)
    {
        row.ToTable("projects").HasKey(p => p.Name).HasName("pk_projects");
        row.Property(p => p.Name).HasColumnName("name").UseCollation(ByteOrder);
        row.Property(p => p.UpdatedAt).HasColumnName("updated_at");
        row.Property(p => p.Document).HasColumnName("document").HasColumnType("jsonb");
    }

    static void Run(EntityTypeBuilder<RunRow> row)
    {
        row.ToTable("runs").HasKey(r => r.Id).HasName("pk_runs");
        row.Property(r => r.Id).HasColumnName("id");
        row.Property(r => r.Pipeline).HasColumnName("pipeline");
        row.Property(r => r.State).HasColumnName("state");
        row.Property(r => r.Trigger).HasColumnName("trigger");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.StartedAt).HasColumnName("started_at");
        row.Property(r => r.FinishedAt).HasColumnName("finished_at");
        row.Property(r => r.CommitId).HasColumnName("commit_id");
        row.Property(r => r.Error).HasColumnName("error");
        row.Property(r => r.Attempt).HasColumnName("attempt");
        row.Property(r => r.TraceParent).HasColumnName("trace_parent");
        row.Property(r => r.LeaseOwner).HasColumnName("lease_owner");
        row.Property(r => r.LeaseExpiresAt).HasColumnName("lease_expires_at");
        row.HasMany(r => r.Nodes).WithOne().HasForeignKey(n => n.RunId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_run_nodes_run");
        row.HasIndex(r => new { r.Pipeline, r.Id }).HasDatabaseName("ix_runs_pipeline");

        // At most one run of a pipeline waits, and at most one runs.
        row.HasIndex(r => new { r.Pipeline, r.State }).IsUnique().HasFilter("state IN ('queued', 'running')").HasDatabaseName("ux_runs_active");
    }

    static void RunNode(EntityTypeBuilder<RunNodeRow> row)
    {
        row.ToTable("run_nodes").HasKey(n => new { n.RunId, n.Model }).HasName("pk_run_nodes");
        row.Property(n => n.RunId).HasColumnName("run_id");
        row.Property(n => n.Model).HasColumnName("model");
        row.Property(n => n.Position).HasColumnName("position");
        row.Property(n => n.State).HasColumnName("state");
        row.Property(n => n.StartedAt).HasColumnName("started_at");
        row.Property(n => n.FinishedAt).HasColumnName("finished_at");
        row.Property(n => n.Rows).HasColumnName("rows");
        row.Property(n => n.Error).HasColumnName("error");
        row.Property(n => n.CompiledSql).HasColumnName("compiled_sql");
    }

    static void UpkeepRequest(EntityTypeBuilder<UpkeepRequestRow> row)
    {
        row.ToTable("upkeep_requests").HasKey(r => r.Id).HasName("pk_upkeep_requests");
        row.Property(r => r.Id).HasColumnName("id");
        row.Property(r => r.Table).HasColumnName("table");
        row.Property(r => r.DryRun).HasColumnName("dry_run");
        row.Property(r => r.State).HasColumnName("state");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.FinishedAt).HasColumnName("finished_at");
        row.Property(r => r.Error).HasColumnName("error");
        row.Property(r => r.LeaseOwner).HasColumnName("lease_owner");
        row.Property(r => r.LeaseExpiresAt).HasColumnName("lease_expires_at");
        row.HasIndex(r => r.Id).HasFilter("state IN ('queued', 'running')").HasDatabaseName("ix_upkeep_requests_open");
    }

    static void UpkeepAct(EntityTypeBuilder<UpkeepActRow> row)
    {
        row.ToTable("upkeep_acts").HasKey(a => a.Id).HasName("pk_upkeep_acts");
        row.Property(a => a.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(a => a.RequestId).HasColumnName("request_id");
        row.Property(a => a.Namespace).HasColumnName("namespace");
        row.Property(a => a.Table).HasColumnName("table");
        row.Property(a => a.Act).HasColumnName("act");
        row.Property(a => a.State).HasColumnName("state");
        row.Property(a => a.Reason).HasColumnName("reason");
        row.Property(a => a.Details).HasColumnName("details").HasColumnType("jsonb");
        row.Property(a => a.Error).HasColumnName("error");
        row.Property(a => a.StartedAt).HasColumnName("started_at");
        row.Property(a => a.FinishedAt).HasColumnName("finished_at");
        row.HasIndex(a => a.StartedAt).HasDatabaseName("ix_upkeep_acts_started_at");
        row.HasIndex(a => a.RequestId).HasFilter("request_id IS NOT NULL").HasDatabaseName("ix_upkeep_acts_request");
        row.HasIndex(a => new { a.Namespace, a.Table, a.StartedAt }).HasDatabaseName("ix_upkeep_acts_table");
    }

    static void Publication(EntityTypeBuilder<PublicationRow> row)
    {
        row.ToTable("publications").HasKey(p => p.TableId).HasName("pk_publications");
        row.Property(p => p.TableId).HasColumnName("table_id").ValueGeneratedNever();
        row.Property(p => p.State).HasColumnName("state");
        row.Property(p => p.Reason).HasColumnName("reason");
        row.Property(p => p.Version).HasColumnName("version");
        row.Property(p => p.SnapshotId).HasColumnName("snapshot_id");
        row.Property(p => p.SequenceNumber).HasColumnName("sequence_number");
        row.Property(p => p.CurrentSequenceNumber).HasColumnName("current_sequence_number");
        row.Property(p => p.LeftOut).HasColumnName("left_out");
        row.Property(p => p.CommitId).HasColumnName("commit_id");
        row.Property(p => p.UpdatedAt).HasColumnName("updated_at");
        row.Property(p => p.Attempt).HasColumnName("attempt");
        row.Property(p => p.LeaseOwner).HasColumnName("lease_owner");
        row.Property(p => p.LeaseExpiresAt).HasColumnName("lease_expires_at");
        row.HasOne<TableRow>().WithOne().HasForeignKey<PublicationRow>(p => p.TableId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_publications_table");
    }
}
