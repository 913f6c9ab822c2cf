using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Lineage;

/// <summary>An event as it came, for a while. Its digest makes a second copy of it do nothing.</summary>
internal sealed class LineageEventRow
{
    public long Id { get; set; }

    public required string Digest { get; set; }

    public required string Kind { get; set; }

    public DateTimeOffset EventAt { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public Guid? RunId { get; set; }

    public required string Event { get; set; }
}

/// <summary>A job: what runs again and again.</summary>
internal sealed class LineageJobRow
{
    public long Id { get; set; }

    public required string Namespace { get; set; }

    public required string Name { get; set; }

    /// <summary>A JSON object: the newest of each facet, with the time that it is of.</summary>
    public required string Facets { get; set; }
}

/// <summary>A dataset: a table of this lake, or a thing of others by the name that they gave it.</summary>
internal sealed class LineageDatasetRow
{
    public long Id { get; set; }

    public required string Namespace { get; set; }

    public required string Name { get; set; }

    /// <summary>The dataset that this one is another name of.</summary>
    public long? CanonicalId { get; set; }

    /// <summary>Namespace of the lake's table, its levels joined as in the catalog; null for a thing of others.</summary>
    public string? TableNamespace { get; set; }

    public string? TableName { get; set; }

    /// <summary>The table's identity, once it is known.</summary>
    public Guid? TableId { get; set; }

    /// <summary>A JSON object: the newest of each facet, with the time that it is of.</summary>
    public required string Facets { get; set; }
}

/// <summary>A run of a job.</summary>
internal sealed class LineageRunRow
{
    public Guid Id { get; set; }

    public long JobId { get; set; }

    public required string Branch { get; set; }

    public required string State { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public long? CommitId { get; set; }

    public Guid? ParentRunId { get; set; }

    public string? Error { get; set; }

    /// <summary>A JSON object: all that the run's events said, folded so that their order does not matter.</summary>
    public required string Document { get; set; }
}

/// <summary>A dataset that a run read or wrote, and which version of it.</summary>
internal sealed class LineageRunDatasetRow
{
    public Guid RunId { get; set; }

    public long DatasetId { get; set; }

    public bool IsOutput { get; set; }

    public string? Version { get; set; }

    public long? SnapshotId { get; set; }

    public long? Rows { get; set; }

    public long? Bytes { get; set; }

    public long? Files { get; set; }
}

/// <summary>One way in which a job makes a dataset: a set of edges. A job that is changed has another.</summary>
internal sealed class LineageFlowRow
{
    public long Id { get; set; }

    public long JobId { get; set; }

    public long DatasetId { get; set; }

    public required string Digest { get; set; }

    /// <summary>A JSON object: columns that could not be traced, and why.</summary>
    public required string Untraced { get; set; }
}

/// <summary>An edge of a flow, from a dataset or one of its columns into the flow's dataset or one of its columns.</summary>
internal sealed class LineageEdgeRow
{
    public long Id { get; set; }

    public long FlowId { get; set; }

    public long SourceId { get; set; }

    public short Kind { get; set; }

    public string? SourceColumn { get; set; }

    public string? TargetColumn { get; set; }

    /// <summary>A JSON array, as in the columnLineage facet.</summary>
    public string? Transformations { get; set; }
}

/// <summary>One making of a dataset: by which run, when, and by which flow. What is true as of a time is each job's last build before it.</summary>
internal sealed class LineageBuildRow
{
    public long Id { get; set; }

    public Guid? RunId { get; set; }

    public long JobId { get; set; }

    public long DatasetId { get; set; }

    public required string Branch { get; set; }

    public DateTimeOffset At { get; set; }

    public long FlowId { get; set; }

    public long? CommitId { get; set; }

    public long? SnapshotId { get; set; }

    public string? Version { get; set; }

    public long? Rows { get; set; }

    public long? Bytes { get; set; }

    public long? Files { get; set; }

    /// <summary>Whether nothing of earlier builds, of other jobs too, is left in the dataset.</summary>
    public bool Replaces { get; set; }
}

/// <summary>Lineage that came with a commit, to be taken in.</summary>
internal sealed class LineageInboxRow
{
    public long Id { get; set; }

    public long CommitId { get; set; }

    /// <summary>A JSON array of events.</summary>
    public required string Events { get; set; }

    public int Attempts { get; set; }
}

/// <summary>An event to be sent on.</summary>
internal sealed class LineageOutboxRow
{
    public long Id { get; set; }

    /// <summary>Events of one key are sent in the order in which they came.</summary>
    public required string OrderKey { get; set; }

    public required string Event { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset NextAt { get; set; }

    public string? Error { get; set; }
}

/// <summary>Lineage in the catalog's model.</summary>
internal static class LineageModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<LineageEventRow>(Event);
        model.Entity<LineageJobRow>(Job);
        model.Entity<LineageDatasetRow>(Dataset);
        model.Entity<LineageRunRow>(Run);
        model.Entity<LineageRunDatasetRow>(RunDataset);
        model.Entity<LineageFlowRow>(Flow);
        model.Entity<LineageEdgeRow>(Edge);
        model.Entity<LineageBuildRow>(Build);
        model.Entity<LineageOutboxRow>(Outbox);
        model.Entity<LineageInboxRow>(Inbox);
    }

    static void Event(EntityTypeBuilder<LineageEventRow> row)
    {
        row.ToTable("lineage_events").HasKey(e => e.Id).HasName("pk_lineage_events");
        row.Property(e => e.Id).HasColumnName("id");
        row.Property(e => e.Digest).HasColumnName("digest");
        row.Property(e => e.Kind).HasColumnName("kind");
        row.Property(e => e.EventAt).HasColumnName("event_at");
        row.Property(e => e.ReceivedAt).HasColumnName("received_at");
        row.Property(e => e.RunId).HasColumnName("run_id");
        row.Property(e => e.Event).HasColumnName("event").HasColumnType("jsonb");
        row.HasIndex(e => e.Digest).IsUnique().HasDatabaseName("ux_lineage_events_digest");
        row.HasIndex(e => e.ReceivedAt).HasDatabaseName("ix_lineage_events_received_at");
        row.HasIndex(e => e.RunId).HasFilter("run_id IS NOT NULL").HasDatabaseName("ix_lineage_events_run");
    }

    static void Job(EntityTypeBuilder<LineageJobRow> row)
    {
        row.ToTable("lineage_jobs").HasKey(j => j.Id).HasName("pk_lineage_jobs");
        row.Property(j => j.Id).HasColumnName("id");
        row.Property(j => j.Namespace).HasColumnName("namespace");
        row.Property(j => j.Name).HasColumnName("name");
        row.Property(j => j.Facets).HasColumnName("facets").HasColumnType("jsonb");
        row.HasIndex(j => new { j.Namespace, j.Name }).IsUnique().HasDatabaseName("ux_lineage_jobs_name");
    }

    static void Dataset(EntityTypeBuilder<LineageDatasetRow> row)
    {
        row.ToTable("lineage_datasets").HasKey(d => d.Id).HasName("pk_lineage_datasets");
        row.Property(d => d.Id).HasColumnName("id");
        row.Property(d => d.Namespace).HasColumnName("namespace");
        row.Property(d => d.Name).HasColumnName("name");
        row.Property(d => d.CanonicalId).HasColumnName("canonical_id");
        row.Property(d => d.TableNamespace).HasColumnName("table_namespace");
        row.Property(d => d.TableName).HasColumnName("table_name");
        row.Property(d => d.TableId).HasColumnName("table_id");
        row.Property(d => d.Facets).HasColumnName("facets").HasColumnType("jsonb");
        row.HasIndex(d => new { d.Namespace, d.Name }).IsUnique().HasDatabaseName("ux_lineage_datasets_name");
        row.HasIndex(d => d.CanonicalId).HasFilter("canonical_id IS NOT NULL").HasDatabaseName("ix_lineage_datasets_canonical");
        row.HasIndex(d => d.TableId).HasFilter("table_id IS NOT NULL").HasDatabaseName("ix_lineage_datasets_table");
        row.HasIndex(d => new { d.TableNamespace, d.TableName }).HasFilter("table_name IS NOT NULL").HasDatabaseName("ix_lineage_datasets_table_name");
    }

    static void Run(EntityTypeBuilder<LineageRunRow> row)
    {
        row.ToTable("lineage_runs").HasKey(r => r.Id).HasName("pk_lineage_runs");
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.JobId).HasColumnName("job_id");
        row.Property(r => r.Branch).HasColumnName("branch");
        row.Property(r => r.State).HasColumnName("state");
        row.Property(r => r.StartedAt).HasColumnName("started_at");
        row.Property(r => r.EndedAt).HasColumnName("ended_at");
        row.Property(r => r.CommitId).HasColumnName("commit_id");
        row.Property(r => r.ParentRunId).HasColumnName("parent_run_id");
        row.Property(r => r.Error).HasColumnName("error");
        row.Property(r => r.Document).HasColumnName("document").HasColumnType("jsonb");
        row.HasIndex(r => new { r.JobId, r.StartedAt }).HasDatabaseName("ix_lineage_runs_job");
    }

    static void RunDataset(EntityTypeBuilder<LineageRunDatasetRow> row)
    {
        row.ToTable("lineage_run_datasets").HasKey(d => new { d.RunId, d.DatasetId, d.IsOutput }).HasName("pk_lineage_run_datasets");
        row.Property(d => d.RunId).HasColumnName("run_id");
        row.Property(d => d.DatasetId).HasColumnName("dataset_id");
        row.Property(d => d.IsOutput).HasColumnName("is_output");
        row.Property(d => d.Version).HasColumnName("version");
        row.Property(d => d.SnapshotId).HasColumnName("snapshot_id");
        row.Property(d => d.Rows).HasColumnName("rows");
        row.Property(d => d.Bytes).HasColumnName("bytes");
        row.Property(d => d.Files).HasColumnName("files");
        row.HasIndex(d => d.DatasetId).HasDatabaseName("ix_lineage_run_datasets_dataset");
    }

    static void Flow(EntityTypeBuilder<LineageFlowRow> row)
    {
        row.ToTable("lineage_flows").HasKey(f => f.Id).HasName("pk_lineage_flows");
        row.Property(f => f.Id).HasColumnName("id");
        row.Property(f => f.JobId).HasColumnName("job_id");
        row.Property(f => f.DatasetId).HasColumnName("dataset_id");
        row.Property(f => f.Digest).HasColumnName("digest");
        row.Property(f => f.Untraced).HasColumnName("untraced").HasColumnType("jsonb");
        row.HasIndex(f => new { f.DatasetId, f.JobId, f.Digest }).IsUnique().HasDatabaseName("ux_lineage_flows");
    }

    static void Edge(EntityTypeBuilder<LineageEdgeRow> row)
    {
        row.ToTable("lineage_edges").HasKey(e => e.Id).HasName("pk_lineage_edges");
        row.Property(e => e.Id).HasColumnName("id");
        row.Property(e => e.FlowId).HasColumnName("flow_id");
        row.Property(e => e.SourceId).HasColumnName("source_id");
        row.Property(e => e.Kind).HasColumnName("kind");
        row.Property(e => e.SourceColumn).HasColumnName("source_column");
        row.Property(e => e.TargetColumn).HasColumnName("target_column");
        row.Property(e => e.Transformations).HasColumnName("transformations").HasColumnType("jsonb");
        row.HasIndex(e => new { e.FlowId, e.Kind }).HasDatabaseName("ix_lineage_edges_flow");
        row.HasIndex(e => new { e.SourceId, e.Kind, e.FlowId }).HasDatabaseName("ix_lineage_edges_source");
    }

    static void Build(EntityTypeBuilder<LineageBuildRow> row)
    {
        row.ToTable("lineage_builds").HasKey(b => b.Id).HasName("pk_lineage_builds");
        row.Property(b => b.Id).HasColumnName("id");
        row.Property(b => b.RunId).HasColumnName("run_id");
        row.Property(b => b.JobId).HasColumnName("job_id");
        row.Property(b => b.DatasetId).HasColumnName("dataset_id");
        row.Property(b => b.Branch).HasColumnName("branch");
        row.Property(b => b.At).HasColumnName("at");
        row.Property(b => b.FlowId).HasColumnName("flow_id");
        row.Property(b => b.CommitId).HasColumnName("commit_id");
        row.Property(b => b.SnapshotId).HasColumnName("snapshot_id");
        row.Property(b => b.Version).HasColumnName("version");
        row.Property(b => b.Rows).HasColumnName("rows");
        row.Property(b => b.Bytes).HasColumnName("bytes");
        row.Property(b => b.Files).HasColumnName("files");
        row.Property(b => b.Replaces).HasColumnName("replaces");
        row.HasIndex(b => new { b.RunId, b.DatasetId }).IsUnique().HasFilter("run_id IS NOT NULL").HasDatabaseName("ux_lineage_builds_run");
        row.HasIndex(b => new { b.JobId, b.DatasetId, b.At }).IsUnique().HasFilter("run_id IS NULL").HasDatabaseName("ux_lineage_builds_static");
        row.HasIndex(b => new { b.DatasetId, b.JobId, b.Branch, b.At }).HasDatabaseName("ix_lineage_builds_at");
        row.HasIndex(b => new { b.DatasetId, b.Branch, b.At }).HasFilter("replaces").HasDatabaseName("ix_lineage_builds_replaces");
        row.HasIndex(b => new { b.DatasetId, b.SnapshotId }).HasFilter("snapshot_id IS NOT NULL").HasDatabaseName("ix_lineage_builds_snapshot");
    }

    static void Inbox(EntityTypeBuilder<LineageInboxRow> row)
    {
        row.ToTable("lineage_inbox").HasKey(i => i.Id).HasName("pk_lineage_inbox");
        row.Property(i => i.Id).HasColumnName("id");
        row.Property(i => i.CommitId).HasColumnName("commit_id");
        row.Property(i => i.Events).HasColumnName("events");
        row.Property(i => i.Attempts).HasColumnName("attempts");
    }

    static void Outbox(EntityTypeBuilder<LineageOutboxRow> row)
    {
        row.ToTable("lineage_outbox").HasKey(o => o.Id).HasName("pk_lineage_outbox");
        row.Property(o => o.Id).HasColumnName("id");
        row.Property(o => o.OrderKey).HasColumnName("order_key");
        row.Property(o => o.Event).HasColumnName("event");
        row.Property(o => o.CreatedAt).HasColumnName("created_at");
        row.Property(o => o.Attempts).HasColumnName("attempts");
        row.Property(o => o.NextAt).HasColumnName("next_at");
        row.Property(o => o.Error).HasColumnName("error");
        row.HasIndex(o => new { o.OrderKey, o.Id }).HasDatabaseName("ix_lineage_outbox_order");
    }
}
