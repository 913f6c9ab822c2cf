namespace Lakehouse.Formats.Iceberg;

/// <summary>The metadata of a view (Iceberg view specification).</summary>
public sealed record ViewMetadata
{
    /// <summary>Identity of the view.</summary>
    public required Guid ViewUuid { get; init; }

    /// <summary>1.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Base location.</summary>
    public required string Location { get; init; }

    /// <summary>All schemas.</summary>
    public required IReadOnlyList<Schema> Schemas { get; init; }

    /// <summary>Id of the current version.</summary>
    public required int CurrentVersionId { get; init; }

    /// <summary>Versions that are kept.</summary>
    public required IReadOnlyList<ViewVersion> Versions { get; init; }

    /// <summary>Which version was current since when.</summary>
    public required IReadOnlyList<ViewLogEntry> VersionLog { get; init; }

    /// <summary>Properties.</summary>
    public required IReadOnlyDictionary<string, string> Properties { get; init; }

    /// <summary>The current version.</summary>
    public ViewVersion CurrentVersion => Versions.First(version => version.VersionId == CurrentVersionId);

    /// <summary>The schema of the current version.</summary>
    public Schema CurrentSchema => Schemas.First(schema => schema.SchemaId == CurrentVersion.SchemaId);
}

/// <summary>A version of a view.</summary>
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
    IReadOnlyList<string> DefaultNamespace);

/// <summary>A view as SQL.</summary>
/// <param name="Sql">A SELECT statement.</param>
/// <param name="Dialect">Its dialect; one representation for each.</param>
public sealed record SqlViewRepresentation(string Sql, string Dialect);

/// <summary>When a version of a view became the current one.</summary>
/// <param name="TimestampMs">When, in milliseconds since 1970.</param>
/// <param name="VersionId">The version.</param>
public sealed record ViewLogEntry(long TimestampMs, int VersionId);
