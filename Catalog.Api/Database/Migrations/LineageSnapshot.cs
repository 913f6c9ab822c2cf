using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Lineage, as the newest migration leaves it.</summary>
internal static class LineageSnapshot
{
    const string Rows = "LakeAspire.Catalog.Lineage.";

    public static void Add(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity(Rows + "LineageEventRow", Event);
        modelBuilder.Entity(Rows + "LineageJobRow", Job);
        modelBuilder.Entity(Rows + "LineageDatasetRow", Dataset);
        modelBuilder.Entity(Rows + "LineageRunRow", Run);
        modelBuilder.Entity(Rows + "LineageRunDatasetRow", RunDataset);
        modelBuilder.Entity(Rows + "LineageFlowRow", Flow);
        modelBuilder.Entity(Rows + "LineageEdgeRow", Edge);
        modelBuilder.Entity(Rows + "LineageBuildRow", Build);
        modelBuilder.Entity(Rows + "LineageOutboxRow", Outbox);
        modelBuilder.Entity(Rows + "LineageInboxRow", Inbox);
    }

    static void Event(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<string>(row, "Digest", "text", "digest").IsRequired();
        Column<string>(row, "Kind", "text", "kind").IsRequired();
        Column<DateTimeOffset>(row, "EventAt", "timestamp with time zone", "event_at");
        Column<DateTimeOffset>(row, "ReceivedAt", "timestamp with time zone", "received_at");
        Column<Guid?>(row, "RunId", "uuid", "run_id");
        Column<string>(row, "Event", "jsonb", "event").IsRequired();
        row.HasKey("Id").HasName("pk_lineage_events");
        row.HasIndex("Digest").IsUnique().HasDatabaseName("ux_lineage_events_digest");
        row.HasIndex("ReceivedAt").HasDatabaseName("ix_lineage_events_received_at");
        row.HasIndex("RunId").HasDatabaseName("ix_lineage_events_run").HasFilter("run_id IS NOT NULL");
        row.ToTable("lineage_events", (string?)null);
    }

    static void Job(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<string>(row, "Namespace", "text", "namespace").IsRequired();
        Column<string>(row, "Name", "text", "name").IsRequired();
        Column<string>(row, "Facets", "jsonb", "facets").IsRequired();
        row.HasKey("Id").HasName("pk_lineage_jobs");
        row.HasIndex("Namespace", "Name").IsUnique().HasDatabaseName("ux_lineage_jobs_name");
        row.ToTable("lineage_jobs", (string?)null);
    }

    static void Dataset(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<string>(row, "Namespace", "text", "namespace").IsRequired();
        Column<string>(row, "Name", "text", "name").IsRequired();
        Column<long?>(row, "CanonicalId", "bigint", "canonical_id");
        Column<string>(row, "TableNamespace", "text", "table_namespace");
        Column<string>(row, "TableName", "text", "table_name");
        Column<Guid?>(row, "TableId", "uuid", "table_id");
        Column<string>(row, "Facets", "jsonb", "facets").IsRequired();
        row.HasKey("Id").HasName("pk_lineage_datasets");
        row.HasIndex("Namespace", "Name").IsUnique().HasDatabaseName("ux_lineage_datasets_name");
        row.HasIndex("CanonicalId").HasDatabaseName("ix_lineage_datasets_canonical").HasFilter("canonical_id IS NOT NULL");
        row.HasIndex("TableId").HasDatabaseName("ix_lineage_datasets_table").HasFilter("table_id IS NOT NULL");
        row.HasIndex("TableNamespace", "TableName").HasDatabaseName("ix_lineage_datasets_table_name").HasFilter("table_name IS NOT NULL");
        row.ToTable("lineage_datasets", (string?)null);
    }

    static void Run(EntityTypeBuilder row)
    {
        Column<Guid>(row, "Id", "uuid", "id").ValueGeneratedNever();
        Column<long>(row, "JobId", "bigint", "job_id");
        Column<string>(row, "Branch", "text", "branch").IsRequired();
        Column<string>(row, "State", "text", "state").IsRequired();
        Column<DateTimeOffset>(row, "StartedAt", "timestamp with time zone", "started_at");
        Column<DateTimeOffset?>(row, "EndedAt", "timestamp with time zone", "ended_at");
        Column<long?>(row, "CommitId", "bigint", "commit_id");
        Column<Guid?>(row, "ParentRunId", "uuid", "parent_run_id");
        Column<string>(row, "Error", "text", "error");
        Column<string>(row, "Document", "jsonb", "document").IsRequired();
        row.HasKey("Id").HasName("pk_lineage_runs");
        row.HasIndex("JobId", "StartedAt").HasDatabaseName("ix_lineage_runs_job");
        row.ToTable("lineage_runs", (string?)null);
    }

    static void RunDataset(EntityTypeBuilder row)
    {
        Column<Guid>(row, "RunId", "uuid", "run_id");
        Column<long>(row, "DatasetId", "bigint", "dataset_id");
        Column<bool>(row, "IsOutput", "boolean", "is_output");
        Column<string>(row, "Version", "text", "version");
        Column<long?>(row, "SnapshotId", "bigint", "snapshot_id");
        Column<long?>(row, "Rows", "bigint", "rows");
        Column<long?>(row, "Bytes", "bigint", "bytes");
        Column<long?>(row, "Files", "bigint", "files");
        row.HasKey("RunId", "DatasetId", "IsOutput").HasName("pk_lineage_run_datasets");
        row.HasIndex("DatasetId").HasDatabaseName("ix_lineage_run_datasets_dataset");
        row.ToTable("lineage_run_datasets", (string?)null);
    }

    static void Flow(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<long>(row, "JobId", "bigint", "job_id");
        Column<long>(row, "DatasetId", "bigint", "dataset_id");
        Column<string>(row, "Digest", "text", "digest").IsRequired();
        Column<string>(row, "Untraced", "jsonb", "untraced").IsRequired();
        row.HasKey("Id").HasName("pk_lineage_flows");
        row.HasIndex("DatasetId", "JobId", "Digest").IsUnique().HasDatabaseName("ux_lineage_flows");
        row.ToTable("lineage_flows", (string?)null);
    }

    static void Edge(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<long>(row, "FlowId", "bigint", "flow_id");
        Column<long>(row, "SourceId", "bigint", "source_id");
        Column<short>(row, "Kind", "smallint", "kind");
        Column<string>(row, "SourceColumn", "text", "source_column");
        Column<string>(row, "TargetColumn", "text", "target_column");
        Column<string>(row, "Transformations", "jsonb", "transformations");
        row.HasKey("Id").HasName("pk_lineage_edges");
        row.HasIndex("FlowId", "Kind").HasDatabaseName("ix_lineage_edges_flow");
        row.HasIndex("SourceId", "Kind", "FlowId").HasDatabaseName("ix_lineage_edges_source");
        row.ToTable("lineage_edges", (string?)null);
    }

    static void Build(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<Guid?>(row, "RunId", "uuid", "run_id");
        Column<long>(row, "JobId", "bigint", "job_id");
        Column<long>(row, "DatasetId", "bigint", "dataset_id");
        Column<string>(row, "Branch", "text", "branch").IsRequired();
        Column<DateTimeOffset>(row, "At", "timestamp with time zone", "at");
        Column<long>(row, "FlowId", "bigint", "flow_id");
        Column<long?>(row, "CommitId", "bigint", "commit_id");
        Column<long?>(row, "SnapshotId", "bigint", "snapshot_id");
        Column<string>(row, "Version", "text", "version");
        Column<long?>(row, "Rows", "bigint", "rows");
        Column<long?>(row, "Bytes", "bigint", "bytes");
        Column<long?>(row, "Files", "bigint", "files");
        Column<bool>(row, "Replaces", "boolean", "replaces");
        row.HasKey("Id").HasName("pk_lineage_builds");
        row.HasIndex("RunId", "DatasetId").IsUnique().HasDatabaseName("ux_lineage_builds_run").HasFilter("run_id IS NOT NULL");
        row.HasIndex("JobId", "DatasetId", "At").IsUnique().HasDatabaseName("ux_lineage_builds_static").HasFilter("run_id IS NULL");
        row.HasIndex("DatasetId", "JobId", "Branch", "At").HasDatabaseName("ix_lineage_builds_at");
        row.HasIndex("DatasetId", "Branch", "At").HasDatabaseName("ix_lineage_builds_replaces").HasFilter("replaces");
        row.HasIndex("DatasetId", "SnapshotId").HasDatabaseName("ix_lineage_builds_snapshot").HasFilter("snapshot_id IS NOT NULL");
        row.ToTable("lineage_builds", (string?)null);
    }

    static void Inbox(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<long>(row, "CommitId", "bigint", "commit_id");
        Column<string>(row, "Events", "text", "events").IsRequired();
        Column<int>(row, "Attempts", "integer", "attempts");
        row.HasKey("Id").HasName("pk_lineage_inbox");
        row.ToTable("lineage_inbox", (string?)null);
    }

    static void Outbox(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<string>(row, "OrderKey", "text", "order_key").IsRequired();
        Column<string>(row, "Event", "text", "event").IsRequired();
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<int>(row, "Attempts", "integer", "attempts");
        Column<DateTimeOffset>(row, "NextAt", "timestamp with time zone", "next_at");
        Column<string>(row, "Error", "text", "error");
        row.HasKey("Id").HasName("pk_lineage_outbox");
        row.HasIndex("OrderKey", "Id").HasDatabaseName("ix_lineage_outbox_order");
        row.ToTable("lineage_outbox", (string?)null);
    }

    static PropertyBuilder<T> Column<T>(EntityTypeBuilder row, string property, string type, string column) =>
        row.Property<T>(property).HasColumnType(type).HasColumnName(column);
}
