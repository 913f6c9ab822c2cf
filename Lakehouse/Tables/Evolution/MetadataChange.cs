using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>A change of a table's metadata: what has to hold for it, and what changes.</summary>
/// <param name="Updates">What changes.</param>
/// <param name="Requirements">What has to hold.</param>
public sealed record MetadataChange(IReadOnlyList<TableUpdate> Updates, IReadOnlyList<TableRequirement> Requirements)
{
    /// <summary>No change.</summary>
    public static MetadataChange None { get; } = new([], []);

    /// <summary>New values of some properties, and others that go.</summary>
    /// <param name="set">New values by name.</param>
    /// <param name="remove">Names; absent ones are no error.</param>
    public static MetadataChange Properties(IReadOnlyDictionary<string, string>? set = null, IReadOnlyList<string>? remove = null) =>
        new([.. set is { Count: > 0 } ? [new SetProperties(set)] : (TableUpdate[])[], .. remove is { Count: > 0 } ? [new RemoveProperties(remove)] : (TableUpdate[])[]], []);

    /// <summary>A higher format version; none when the table has it already.</summary>
    public static MetadataChange Upgrade(TableMetadata metadata, int formatVersion) =>
        metadata.FormatVersion == formatVersion ? None : new([new UpgradeFormatVersion(formatVersion)], [new AssertTableUuid(metadata.TableUuid)]);
}
