using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.Delta.Schemas;

namespace Lakehouse.Formats.Delta;

/// <summary>A version of a Delta table.</summary>
public sealed class DeltaSnapshot
{
    internal DeltaSnapshot(string location, long version, ReplayedState state)
    {
        Location = location;
        Version = version;
        Protocol = state.Protocol;
        Metadata = state.Metadata;
        TableFeatures.CheckReadable(Protocol, location);
        if (!Metadata.FormatProvider.Equals("parquet", StringComparison.OrdinalIgnoreCase))
        {
            throw LakehouseException.Unsupported($"Unsupported: table {location} keeps its data in the format {Metadata.FormatProvider}; only parquet is read.");
        }

        Schema = Metadata.SchemaString.Length == 0 ? new DeltaStruct([]) : DeltaSchemaJson.Parse(Metadata.SchemaString);
        ColumnMapping = MappingOf(Protocol, Metadata, location);
        SchemaChecks.Check(this);
        PartitionColumns = [.. Metadata.PartitionColumns.Select(name => Schema.Find(name) ?? throw LakehouseException.InvalidData($"Table {location} is partitioned by \"{name}\", which is no column of it."))];
        Files = new DeltaFiles(state.Files, location);
        Transactions = state.Transactions;
        Domains = state.Domains;
        CommitInfo = state.CommitInfo;
    }

    /// <summary>Location of the table, without a trailing slash.</summary>
    public string Location { get; }

    /// <summary>The version.</summary>
    public long Version { get; }

    /// <summary>What a reader and a writer must understand.</summary>
    public ProtocolAction Protocol { get; }

    /// <summary>Metadata of the table.</summary>
    public MetadataAction Metadata { get; }

    /// <summary>Its columns; none when the table was created without.</summary>
    public DeltaStruct Schema { get; }

    /// <summary>The columns by which it is partitioned; their values are in the log, not in the files.</summary>
    public IReadOnlyList<DeltaField> PartitionColumns { get; }

    /// <summary>How columns are found in data files.</summary>
    public ColumnMappingMode ColumnMapping { get; }

    /// <summary>Its data files.</summary>
    public DeltaFiles Files { get; }

    /// <summary>How far applications are, by application id.</summary>
    public IReadOnlyDictionary<string, TransactionAction> Transactions { get; }

    /// <summary>Configurations of domains, by domain.</summary>
    public IReadOnlyDictionary<string, DomainMetadata> Domains { get; }

    /// <summary>What the commit of this version says of itself; null when it is not in the log.</summary>
    public CommitInfo? CommitInfo { get; }

    /// <summary>The name of a column in data files, statistics and partition values.</summary>
    /// <exception cref="LakehouseException">InvalidData: the table maps columns, but not this one.</exception>
    public string PhysicalName(DeltaField field) => ColumnMapping == ColumnMappingMode.None
        ? field.Name
        : field.PhysicalName ?? throw LakehouseException.InvalidData($"Column \"{field.Name}\" of table {Location} has no physical name, which its column mapping needs.");

    /// <summary>Whether a property is set to true.</summary>
    public bool IsEnabled(string property) => IsTrue(Metadata, property);

    internal static bool IsTrue(MetadataAction metadata, string property) =>
        metadata.Configuration.TryGetValue(property, out var value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The mode counts only where the protocol has the feature (PROTOCOL.md, "Column Mapping").</summary>
    static ColumnMappingMode MappingOf(ProtocolAction protocol, MetadataAction metadata, string location) =>
        !TableFeatures.ReaderSupports(protocol, TableFeatures.ColumnMapping) || !metadata.Configuration.TryGetValue("delta.columnMapping.mode", out var mode)
            ? ColumnMappingMode.None
            : mode.ToLowerInvariant() switch
            {
                "none" => ColumnMappingMode.None,
                "name" => ColumnMappingMode.Name,
                "id" => ColumnMappingMode.Id,
                _ => throw LakehouseException.Unsupported($"Unsupported: table {location} maps its columns by the mode \"{mode}\"."),
            };
}
