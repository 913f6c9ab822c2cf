using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Recovery;

/// <summary>A table, view or namespace that may be neither dropped nor renamed, on any branch; a namespace's holds for all that is in it.</summary>
internal sealed class ProtectionRow
{
    public Guid TableId { get; set; }

    public DateTimeOffset At { get; set; }

    public required string By { get; set; }
}

/// <summary>The wish that the files of a dropped table go, made with the drop, in its commit.</summary>
internal sealed class PurgeRow
{
    public long Id { get; set; }

    public Guid TableId { get; set; }

    /// <summary>The commit that dropped it: the wish is void when the table has come back since.</summary>
    public long CommitId { get; set; }

    public int BranchId { get; set; }

    public required string Location { get; set; }

    /// <summary>When its retention is over.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>One of <see cref="PurgeStates"/>.</summary>
    public required string State { get; set; }

    public long Files { get; set; }

    public string? Error { get; set; }

    /// <summary>Until when nobody else takes it: the end of a lease, or of the pause before it is looked at again.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public static void Configure(ModelBuilder model)
    {
        model.Entity<ProtectionRow>(row =>
        {
            row.ToTable("protections").HasKey(p => p.TableId).HasName("pk_protections");
            row.Property(p => p.TableId).HasColumnName("table_id").ValueGeneratedNever();
            row.Property(p => p.At).HasColumnName("at");
            row.Property(p => p.By).HasColumnName("by");
        });
        model.Entity<PurgeRow>(row =>
        {
            row.ToTable("purges").HasKey(p => p.Id).HasName("pk_purges");
            row.Property(p => p.Id).HasColumnName("id");
            row.Property(p => p.TableId).HasColumnName("table_id");
            row.Property(p => p.CommitId).HasColumnName("commit_id");
            row.Property(p => p.BranchId).HasColumnName("branch_id");
            row.Property(p => p.Location).HasColumnName("location");
            row.Property(p => p.DueAt).HasColumnName("due_at");
            row.Property(p => p.State).HasColumnName("state");
            row.Property(p => p.Files).HasColumnName("files");
            row.Property(p => p.Error).HasColumnName("error");
            row.Property(p => p.HeldUntil).HasColumnName("held_until");
            row.Property(p => p.FinishedAt).HasColumnName("finished_at");
            row.HasIndex(p => p.TableId).HasDatabaseName("ix_purges_table");
            row.HasIndex(p => p.DueAt).HasFilter("state IN ('waiting', 'running')").HasDatabaseName("ix_purges_due");
        });
    }
}

/// <summary>States of a purge.</summary>
internal static class PurgeStates
{
    /// <summary>The retention is not over, or somebody needs the files.</summary>
    public const string Waiting = "waiting";

    /// <summary>Files go: the table cannot come back any more.</summary>
    public const string Running = "running";

    public const string Done = "done";

    /// <summary>The table has come back.</summary>
    public const string Void = "void";
}
