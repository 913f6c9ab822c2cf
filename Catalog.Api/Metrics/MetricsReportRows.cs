using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Metrics;

/// <summary>What an engine reported of a table. It goes by its age, whatever becomes of the table.</summary>
internal sealed class MetricsReportRow
{
    public long Id { get; set; }

    public Guid TableId { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Who reported it.</summary>
    public required string Principal { get; set; }

    /// <summary>The branch that it used the table on.</summary>
    public required string Branch { get; set; }

    /// <summary><c>scan-report</c> or <c>commit-report</c>.</summary>
    public required string Kind { get; set; }

    public long SnapshotId { get; set; }

    /// <summary>The report as JSON, as Iceberg writes it.</summary>
    public required string Report { get; set; }
}

/// <summary>The table of reports.</summary>
internal static class MetricsTables
{
    public static void Configure(ModelBuilder model) => model.Entity<MetricsReportRow>(row =>
    {
        row.ToTable("metrics_reports").HasKey(r => r.Id).HasName("pk_metrics_reports");
        row.Property(r => r.Id).HasColumnName("id");
        row.Property(r => r.TableId).HasColumnName("table_id");
        row.Property(r => r.At).HasColumnName("at");
        row.Property(r => r.Principal).HasColumnName("principal");
        row.Property(r => r.Branch).HasColumnName("branch");
        row.Property(r => r.Kind).HasColumnName("kind");
        row.Property(r => r.SnapshotId).HasColumnName("snapshot_id");
        row.Property(r => r.Report).HasColumnName("report").HasColumnType("jsonb");
        row.HasIndex(r => new { r.TableId, r.Id }).HasDatabaseName("ix_metrics_reports_table");
        row.HasIndex(r => r.At).HasDatabaseName("ix_metrics_reports_at");
    });
}
