namespace Lakehouse.Formats.Iceberg;

/// <summary>The metadata of a view (Iceberg view specification).</summary>
public sealed record ViewMetadata
{
    /// <summary>The format version that this library reads and writes.</summary>
    public const int SupportedFormatVersion = 1;

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

    /// <summary>
    /// The updates that make a new view (REST catalog specification, <c>CreateViewRequest</c>): the schema gets its id from the view, and the version becomes the first one.
    /// </summary>
    /// <param name="uuid">Identity.</param>
    /// <param name="location">Base location.</param>
    /// <param name="schema">Columns of the view.</param>
    /// <param name="version">The version; its id and its schema's are replaced.</param>
    /// <param name="properties">Properties; may be empty.</param>
    public static IReadOnlyList<IViewUpdate> CreateUpdates(Guid uuid, string location, Schema schema, ViewVersion version, IReadOnlyDictionary<string, string> properties) =>
    [
        new AssignUuid(uuid),
        new UpgradeFormatVersion(SupportedFormatVersion),
        new SetLocation(location),
        new SetProperties(properties),
        new AddSchema(schema),
        new AddViewVersion(version with { VersionId = ViewVersion.FirstId, SchemaId = TableUpdate.LastAdded }),
        new SetCurrentViewVersion(TableUpdate.LastAdded),
    ];
}

/// <summary>When a version of a view became the current one.</summary>
/// <param name="TimestampMs">When, in milliseconds since 1970.</param>
/// <param name="VersionId">The version.</param>
public sealed record ViewLogEntry(long TimestampMs, int VersionId);
