using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Protections and purges as their newest migration leaves them.</summary>
internal static class RecoverySnapshot
{
    public static void Add(ModelBuilder model)
    {
        model.Entity("LakeAspire.Catalog.Recovery.ProtectionRow", Protection);
        model.Entity("LakeAspire.Catalog.Recovery.PurgeRow", Purge);
    }

    static void Protection(EntityTypeBuilder row)
    {
        Column<Guid>(row, "TableId", "uuid", "table_id");
        Column<DateTimeOffset>(row, "At", "timestamp with time zone", "at");
        Column<string>(row, "By", "text", "by").IsRequired();
        row.HasKey("TableId").HasName("pk_protections");
        row.ToTable("protections", (string?)null);
    }

    static void Purge(EntityTypeBuilder row)
    {
        row.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id").UseIdentityByDefaultColumn();
        Column<Guid>(row, "TableId", "uuid", "table_id");
        Column<long>(row, "CommitId", "bigint", "commit_id");
        Column<int>(row, "BranchId", "integer", "branch_id");
        Column<string>(row, "Location", "text", "location").IsRequired();
        Column<DateTimeOffset>(row, "DueAt", "timestamp with time zone", "due_at");
        Column<string>(row, "State", "text", "state").IsRequired();
        Column<long>(row, "Files", "bigint", "files");
        Column<string>(row, "Error", "text", "error");
        Column<DateTimeOffset?>(row, "HeldUntil", "timestamp with time zone", "held_until");
        Column<DateTimeOffset?>(row, "FinishedAt", "timestamp with time zone", "finished_at");
        row.HasKey("Id").HasName("pk_purges");
        row.HasIndex("TableId").HasDatabaseName("ix_purges_table");
        row.HasIndex("DueAt").HasFilter("state IN ('waiting', 'running')").HasDatabaseName("ix_purges_due");
        row.ToTable("purges", (string?)null);
    }

    static PropertyBuilder<T> Column<T>(EntityTypeBuilder row, string property, string type, string column) => row.Property<T>(property).HasColumnType(type).HasColumnName(column);
}
