namespace LakeAspire.Catalog.Backup;

/// <summary>
/// The columns whose content is a secret, or may hold one. A backup seals the tables that have one. What is stored hashed (keys, passwords) is no secret in this sense: it stays hashed.
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
    };
}
