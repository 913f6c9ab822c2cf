using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Database.Migrations;

/// <summary>Idempotency keys as their newest migration leaves them.</summary>
internal static class IdempotencySnapshot
{
    public static void Add(ModelBuilder model) => model.Entity("LakeAspire.Catalog.Idempotency.IdempotencyKeyRow", row =>
    {
        row.Property<Guid>("Key").ValueGeneratedNever().HasColumnType("uuid").HasColumnName("key");
        row.Property<byte[]>("Fingerprint").IsRequired().HasColumnType("bytea").HasColumnName("fingerprint");
        row.Property<int>("Status").HasColumnType("integer").HasColumnName("status");
        row.Property<string>("Content").HasColumnType("text").HasColumnName("content");
        row.Property<long?>("CommitId").HasColumnType("bigint").HasColumnName("commit_id");
        row.Property<DateTimeOffset>("ExpiresAt").HasColumnType("timestamp with time zone").HasColumnName("expires_at");
        row.HasKey("Key").HasName("pk_idempotency_keys");
        row.HasIndex("ExpiresAt").HasDatabaseName("ix_idempotency_keys_expires_at");
        row.ToTable("idempotency_keys", (string?)null);
    });
}
