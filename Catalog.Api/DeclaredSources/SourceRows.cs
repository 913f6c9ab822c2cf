using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.DeclaredSources;

/// <summary>A source as somebody declared it, and what the worker that reads it last said.</summary>
internal sealed class SourceRow
{
    public required string Name { get; set; }

    /// <summary>What reads it: files, kafka, postgres, …</summary>
    public required string Kind { get; set; }

    /// <summary>The declaration, a JSON object.</summary>
    public required string Document { get; set; }

    /// <summary>Whether workers are to leave it alone.</summary>
    public bool Paused { get; set; }

    /// <summary>What the worker says: starting, running, failed, stopped; null before the first word.</summary>
    public string? State { get; set; }

    /// <summary>How far the worker has read; what is committed is in the positions.</summary>
    public string? Position { get; set; }

    /// <summary>How many records the worker is behind, if the source tells.</summary>
    public long? Lag { get; set; }

    public string? Error { get; set; }

    public string? Worker { get; set; }

    public DateTimeOffset? ReportedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the declaration last changed.</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    public static void Configure(ModelBuilder model) => model.Entity<SourceRow>(row =>
    {
        row.ToTable("sources").HasKey(s => s.Name).HasName("pk_sources");
        row.Property(s => s.Name).HasColumnName("name").UseCollation(CatalogDb.ByteOrder);
        row.Property(s => s.Kind).HasColumnName("kind");
        row.Property(s => s.Document).HasColumnName("document").HasColumnType("jsonb");
        row.Property(s => s.Paused).HasColumnName("paused");
        row.Property(s => s.State).HasColumnName("state");
        row.Property(s => s.Position).HasColumnName("position");
        row.Property(s => s.Lag).HasColumnName("lag");
        row.Property(s => s.Error).HasColumnName("error");
        row.Property(s => s.Worker).HasColumnName("worker");
        row.Property(s => s.ReportedAt).HasColumnName("reported_at");
        row.Property(s => s.CreatedAt).HasColumnName("created_at");
        row.Property(s => s.UpdatedAt).HasColumnName("updated_at");
    });
}
