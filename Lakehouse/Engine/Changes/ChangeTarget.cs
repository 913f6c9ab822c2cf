using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Changes;

/// <summary>What to read of a table's change log.</summary>
/// <param name="Name">Name of the table, for errors.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Schema">The schema to read with.</param>
/// <param name="Snapshots">What each snapshot of the range changed, as <see cref="ChangePlanner"/> finds it.</param>
public sealed record ChangeTarget(string Name, TableMetadata Metadata, Schema Schema, IReadOnlyList<SnapshotFileChanges> Snapshots)
{
    /// <summary>The store of the table, as <see cref="Scans.ScanTarget.Store"/>.</summary>
    public IObjectStore? Store { get; init; }

    /// <summary>Top-level columns that name a row: a delete and an insert of one key in one snapshot become <c>update_preimage</c> and <c>update_postimage</c>. Empty: they stay what they are.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether inserts and deletes of equal rows in different snapshots cancel each other. Not together with <see cref="Keys"/>.</summary>
    public bool IsNet { get; init; }
}
