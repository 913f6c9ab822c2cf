using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Delta;

/// <summary>Table features by name (PROTOCOL.md, "Valid Feature Names in Table Features"), and which of them are read.</summary>
public static class TableFeatures
{
    /// <summary>Newest reader version that is understood.</summary>
    public const int ReaderVersion = 3;

    /// <summary>The reader version from which features are listed.</summary>
    public const int ReaderVersionOfFeatures = 3;

    /// <summary>Columns by name or id instead of their display name.</summary>
    public const string ColumnMapping = "columnMapping";

    /// <summary>Deletion vectors.</summary>
    public const string DeletionVectors = "deletionVectors";

    /// <summary>Timestamps without a time zone.</summary>
    public const string TimestampNtz = "timestampNtz";

    /// <summary>Wider types for columns of old files.</summary>
    public const string TypeWidening = "typeWidening";

    /// <summary>Checkpoints after the V2 specification.</summary>
    public const string V2Checkpoint = "v2Checkpoint";

    /// <summary>Semi-structured values.</summary>
    public const string VariantType = "variantType";

    /// <summary>Change data feed.</summary>
    public const string ChangeDataFeed = "changeDataFeed";

    /// <summary>Row tracking.</summary>
    public const string RowTracking = "rowTracking";

    /// <summary>Times of commits in the commits themselves.</summary>
    public const string InCommitTimestamp = "inCommitTimestamp";

    /// <summary>Features of readers that are read as the specification says.</summary>
    public static IReadOnlySet<string> Readable { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        ColumnMapping, DeletionVectors, TimestampNtz, TypeWidening, "typeWidening-preview", V2Checkpoint, "vacuumProtocolCheck",
        VariantType, "variantType-preview", "variantShredding", "variantShredding-preview",
    };

    /// <summary>Refuses a protocol that cannot be read, before anything else is looked at. Features of writers alone hinder nobody from reading.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="table">Name or location of the table, for errors.</param>
    /// <exception cref="LakehouseException">Unsupported, naming version or features; InvalidData when versions and features contradict each other.</exception>
    public static void CheckReadable(ProtocolAction protocol, string table)
    {
        if (protocol.MinReaderVersion < 1)
        {
            throw LakehouseException.InvalidData($"Table {table} has the reader version {protocol.MinReaderVersion}; the first is 1.");
        }

        if (protocol.MinReaderVersion > ReaderVersion)
        {
            throw LakehouseException.Unsupported($"Unsupported: table {table} needs a Delta reader of version {protocol.MinReaderVersion}; the newest that is understood is {ReaderVersion}.");
        }

        if (protocol.MinReaderVersion < ReaderVersionOfFeatures)
        {
            return;
        }

        if (protocol.ReaderFeatures is not { } features)
        {
            throw LakehouseException.InvalidData($"Table {table} has the reader version 3 but lists no readerFeatures.");
        }

        var unknown = features.Where(feature => !Readable.Contains(feature)).Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
        {
            var hint = unknown.Any(feature => feature.StartsWith("catalog", StringComparison.Ordinal)) ? " Its catalog decides which commits count, so it can't be opened by its folder." : "";
            throw LakehouseException.Unsupported($"Unsupported: table {table} has the reader features {string.Join(", ", unknown)}, which are not read.{hint}");
        }
    }

    /// <summary>Whether the protocol lets readers count on a feature; of versions without a list, version 2 means column mapping.</summary>
    public static bool ReaderSupports(ProtocolAction protocol, string feature) =>
        protocol.MinReaderVersion >= ReaderVersionOfFeatures ? protocol.ReaderFeatures?.Contains(feature, StringComparer.Ordinal) == true : feature == ColumnMapping && protocol.MinReaderVersion == 2;

    /// <summary>Whether the protocol has a feature of writers; versions before 7 bring theirs with their number (PROTOCOL.md, "Writer Version Requirements").</summary>
    public static bool WriterSupports(ProtocolAction protocol, string feature) => protocol.MinWriterVersion >= 7
        ? protocol.WriterFeatures?.Contains(feature, StringComparer.Ordinal) == true
        : feature switch
        {
            "appendOnly" or "invariants" => protocol.MinWriterVersion >= 2,
            "checkConstraints" => protocol.MinWriterVersion >= 3,
            ChangeDataFeed or "generatedColumns" => protocol.MinWriterVersion >= 4,
            ColumnMapping => protocol.MinWriterVersion >= 5,
            "identityColumns" => protocol.MinWriterVersion >= 6,
            _ => false,
        };
}
