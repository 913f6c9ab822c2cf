namespace Lakehouse.Formats.Iceberg;

/// <summary>A version of a view. It never changes: another definition is another version.</summary>
/// <param name="VersionId">Id.</param>
/// <param name="SchemaId">Its schema.</param>
/// <param name="TimestampMs">When it was made, in milliseconds since 1970.</param>
/// <param name="Summary">Who made it.</param>
/// <param name="Representations">The view in one or more SQL dialects.</param>
/// <param name="DefaultCatalog">Catalog of names without one; null = the view's own.</param>
/// <param name="DefaultNamespace">Namespace of names without one.</param>
public sealed record ViewVersion(
    int VersionId,
    int SchemaId,
    long TimestampMs,
    IReadOnlyDictionary<string, string> Summary,
    IReadOnlyList<SqlViewRepresentation> Representations,
    string? DefaultCatalog,
    IReadOnlyList<string> DefaultNamespace)
{
    /// <summary>Id of a view's first version.</summary>
    public const int FirstId = 1;

    /// <summary>The table that holds the rows of a materialized view; null for a common view.</summary>
    public ViewStorageTable? StorageTable { get; init; }

    /// <summary>The query in a dialect, whose case does not matter; null when there is none.</summary>
    /// <param name="dialect">Dialect, as <c>spark</c> or <c>trino</c>.</param>
    public SqlViewRepresentation? Find(string dialect)
    {
        ArgumentException.ThrowIfNullOrEmpty(dialect);
        return Representations.FirstOrDefault(representation => string.Equals(representation.Dialect, dialect, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The query in a dialect; the first one when there is none in it.</summary>
    /// <param name="dialect">Dialect, as <c>spark</c> or <c>trino</c>.</param>
    public SqlViewRepresentation SqlFor(string dialect) => Find(dialect) ?? Representations[0];

    /// <summary>Whether two versions say the same, whatever their ids and times.</summary>
    public bool SameDefinition(ViewVersion other) =>
        SchemaId == other.SchemaId
        && DefaultCatalog == other.DefaultCatalog
        && DefaultNamespace.SequenceEqual(other.DefaultNamespace)
        && Representations.SequenceEqual(other.Representations)
        && Summary.Count == other.Summary.Count && Summary.All(entry => other.Summary.TryGetValue(entry.Key, out var value) && value == entry.Value)
        && (StorageTable is null ? other.StorageTable is null : other.StorageTable is { } table && StorageTable.Name == table.Name && StorageTable.Namespace.SequenceEqual(table.Namespace));

    /// <inheritdoc />
    public bool Equals(ViewVersion? other) => other is not null && VersionId == other.VersionId && TimestampMs == other.TimestampMs && SameDefinition(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(VersionId, SchemaId, TimestampMs);
}

/// <summary>A view as SQL.</summary>
/// <param name="Sql">A SELECT statement.</param>
/// <param name="Dialect">Its dialect; one representation for each.</param>
public sealed record SqlViewRepresentation(string Sql, string Dialect);

/// <summary>The table that holds the rows of a materialized view, in the view's catalog.</summary>
/// <param name="Namespace">Levels of its namespace.</param>
/// <param name="Name">Its name.</param>
public sealed record ViewStorageTable(IReadOnlyList<string> Namespace, string Name);
