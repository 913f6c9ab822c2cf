using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>The part of the newest model that is about reports of engines.</summary>
internal static class MetricsSnapshot
{
    const string Name = "LakeAspire.Catalog.Metrics.MetricsReportRow";

    public static void Add(ModelBuilder model) => model.Entity(Name, row =>
    {
        Column<long>(row, "Id", "bigint", "id").ValueGeneratedOnAdd().HasAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
        Column<Guid>(row, "TableId", "uuid", "table_id");
        Column<DateTimeOffset>(row, "At", "timestamp with time zone", "at");
        Column<string>(row, "Principal", "text", "principal").IsRequired();
        Column<string>(row, "Branch", "text", "branch").IsRequired();
        Column<string>(row, "Kind", "text", "kind").IsRequired();
        Column<long>(row, "SnapshotId", "bigint", "snapshot_id");
        Column<string>(row, "Report", "jsonb", "report").IsRequired();
        row.HasKey("Id").HasName("pk_metrics_reports");
        row.HasIndex("TableId", "Id").HasDatabaseName("ix_metrics_reports_table");
        row.HasIndex("At").HasDatabaseName("ix_metrics_reports_at");
        row.ToTable("metrics_reports", (string?)null);
    });

    static PropertyBuilder<T> Column<T>(EntityTypeBuilder row, string property, string type, string column) =>
        row.Property<T>(property).HasColumnType(type).HasColumnName(column);
}
