using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>What a view says: its columns, and the query that gives them.</summary>
/// <param name="Schema">Columns.</param>
/// <param name="Queries">The query in one or more SQL dialects.</param>
/// <param name="DefaultNamespace">Levels of the namespace of names without one.</param>
public sealed record ViewDefinition(Schema Schema, IReadOnlyList<SqlViewRepresentation> Queries, IReadOnlyList<string> DefaultNamespace)
{
    /// <summary>Catalog of names without one; null = the view's own.</summary>
    public string? DefaultCatalog { get; init; }

    /// <summary>Who makes the version: <c>engine-name</c>, <c>engine-version</c> and the like.</summary>
    public IReadOnlyDictionary<string, string> Summary { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Properties of the view; those it has already and that are not named stay.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal ViewVersion ToVersion(DateTimeOffset now) =>
        new(ViewVersion.FirstId, TableUpdate.LastAdded, now.ToUnixTimeMilliseconds(), Summary, Queries, DefaultCatalog, DefaultNamespace);
}

/// <summary>A view as the catalog has it.</summary>
/// <param name="Identifier">Name.</param>
/// <param name="MetadataLocation">Location of its current metadata file.</param>
/// <param name="Metadata">Its metadata.</param>
public sealed record LoadedView(TableIdentifier Identifier, string MetadataLocation, ViewMetadata Metadata);
