using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Idempotency;

/// <summary>The final answer to a request that carried a key. It came into being together with what the request did, in one transaction.</summary>
internal sealed class IdempotencyKeyRow
{
    public Guid Key { get; set; }

    /// <summary>Digest of the request: who sent it, method, path, query and body.</summary>
    public required byte[] Fingerprint { get; set; }

    /// <summary>HTTP status of the answer.</summary>
    public int Status { get; set; }

    /// <summary>Of the answer what cannot be told from the commit, or an error; JSON.</summary>
    public string? Content { get; set; }

    /// <summary>The commit that the request made.</summary>
    public long? CommitId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public static void Configure(ModelBuilder model) => model.Entity<IdempotencyKeyRow>(row =>
    {
        row.ToTable("idempotency_keys").HasKey(k => k.Key).HasName("pk_idempotency_keys");
        row.Property(k => k.Key).HasColumnName("key").ValueGeneratedNever();
        row.Property(k => k.Fingerprint).HasColumnName("fingerprint");
        row.Property(k => k.Status).HasColumnName("status");
        row.Property(k => k.Content).HasColumnName("content");
        row.Property(k => k.CommitId).HasColumnName("commit_id");
        row.Property(k => k.ExpiresAt).HasColumnName("expires_at");
        row.HasIndex(k => k.ExpiresAt).HasDatabaseName("ix_idempotency_keys_expires_at");
    });
}
