using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Leases and declared sources as their newest migration leaves them.</summary>
internal static class LeasesSnapshot
{
    public static void Add(ModelBuilder model)
    {
        model.Entity("LakeAspire.Catalog.Leases.LeaseRow", Lease);
        model.Entity("LakeAspire.Catalog.DeclaredSources.SourceRow", Source);
    }

    static void Lease(EntityTypeBuilder row)
    {
        Column<string>(row, "Name", "text", "name").UseCollation(CatalogDb.ByteOrder);
        Column<string>(row, "Holder", "text", "holder");
        Column<long>(row, "Token", "bigint", "token");
        Column<DateTimeOffset>(row, "AcquiredAt", "timestamp with time zone", "acquired_at");
        Column<DateTimeOffset>(row, "ExpiresAt", "timestamp with time zone", "expires_at");
        row.HasKey("Name").HasName("pk_leases");
        row.ToTable("leases", (string?)null);
    }

    static void Source(EntityTypeBuilder row)
    {
        Column<string>(row, "Name", "text", "name").UseCollation(CatalogDb.ByteOrder);
        Column<string>(row, "Kind", "text", "kind").IsRequired();
        Column<string>(row, "Document", "jsonb", "document").IsRequired();
        Column<bool>(row, "Paused", "boolean", "paused");
        Column<string>(row, "State", "text", "state");
        Column<string>(row, "Position", "text", "position");
        Column<long?>(row, "Lag", "bigint", "lag");
        Column<string>(row, "Error", "text", "error");
        Column<string>(row, "Worker", "text", "worker");
        Column<DateTimeOffset?>(row, "ReportedAt", "timestamp with time zone", "reported_at");
        Column<DateTimeOffset>(row, "CreatedAt", "timestamp with time zone", "created_at");
        Column<DateTimeOffset>(row, "UpdatedAt", "timestamp with time zone", "updated_at");
        row.HasKey("Name").HasName("pk_sources");
        row.ToTable("sources", (string?)null);
    }

    static PropertyBuilder<T> Column<T>(EntityTypeBuilder row, string property, string type, string column) => row.Property<T>(property).HasColumnType(type).HasColumnName(column);
}
