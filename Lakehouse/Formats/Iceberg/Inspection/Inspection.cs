using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Tables about a table: its snapshots, references, manifests, files and partitions as rows.</summary>
public static class Inspection
{
    /// <summary>The tables that there are.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["snapshots", "history", "refs", "metadata_log_entries", "manifests", "entries", "files", "data_files", "delete_files", "partitions"];

    /// <summary>Opens a table about a table.</summary>
    /// <param name="store">Where the manifests lie.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="snapshot">Snapshot whose manifests and files are meant; null = the current one.</param>
    /// <exception cref="LakehouseException">NotFound: there is no such table about a table. Reading its rows fails as reading manifests does.</exception>
    public static InspectionTable Open(IObjectStore store, TableMetadata metadata, string name, Snapshot? snapshot = null)
    {
        snapshot ??= metadata.CurrentSnapshot;
        return name switch
        {
            "snapshots" => HistoryTables.Snapshots(metadata),
            "history" => HistoryTables.History(metadata),
            "refs" => HistoryTables.Refs(metadata),
            "metadata_log_entries" => HistoryTables.MetadataLog(metadata),
            "manifests" => ManifestTable.Of(store, metadata, snapshot),
            "entries" => FileTables.Entries(store, metadata, snapshot),
            "files" => FileTables.Files(store, metadata, snapshot, "files", _ => true),
            "data_files" => FileTables.Files(store, metadata, snapshot, "data_files", content => content == ManifestContent.Data),
            "delete_files" => FileTables.Files(store, metadata, snapshot, "delete_files", content => content == ManifestContent.Deletes),
            "partitions" => PartitionTable.Of(store, metadata, snapshot),
            _ => throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no metadata table \"{name}\"; there are {string.Join(", ", Names)}"),
        };
    }
}
