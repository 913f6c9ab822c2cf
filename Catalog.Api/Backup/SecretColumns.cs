namespace LakeAspire.Catalog.Backup;

/// <summary>
/// The columns whose content is a secret, or may hold one. A backup seals the tables that have one. Hashes of passwords are among them, since they can be guessed at.
/// A test goes through all columns by name and type, so that a new one is either listed or known to be harmless.
/// </summary>
internal static class SecretColumns
{
    public static IReadOnlySet<(string Table, string Column)> All { get; } = new HashSet<(string, string)>
    {
        // Sealed by the installation already, which a backup should not rely on.
        ("signing_keys", "private_key"),

        // A declaration may carry a connection's address.
        ("sources", "document"),

        // Hashed, which gives who has the archive all the time in the world to guess.
        ("principals", "password"),
        ("api_keys", "hash"),

        // Answers that are given again for a day: that of a table's creation has credentials for its files.
        ("idempotency_keys", "content"),
    };
}
