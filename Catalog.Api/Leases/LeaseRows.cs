using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Leases;

/// <summary>A name that one holder at a time has. The row stays when nobody has it, so that the token never goes back.</summary>
internal sealed class LeaseRow
{
    public required string Name { get; set; }

    /// <summary>Null when it was given back.</summary>
    public string? Holder { get; set; }

    /// <summary>Grows with every holder.</summary>
    public long Token { get; set; }

    public DateTimeOffset AcquiredAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public static void Configure(ModelBuilder model) => model.Entity<LeaseRow>(row =>
    {
        row.ToTable("leases").HasKey(l => l.Name).HasName("pk_leases");
        row.Property(l => l.Name).HasColumnName("name").UseCollation(CatalogDb.ByteOrder);
        row.Property(l => l.Holder).HasColumnName("holder");
        row.Property(l => l.Token).HasColumnName("token");
        row.Property(l => l.AcquiredAt).HasColumnName("acquired_at");
        row.Property(l => l.ExpiresAt).HasColumnName("expires_at");
    });
}
