using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>How rows are changed.</summary>
public sealed record RowChangeOptions
{
    /// <summary>Mode; null takes the table's property for the kind of change.</summary>
    public RowChangeMode? Mode { get; init; }

    /// <summary>How files are written; null takes what the table's properties ask for.</summary>
    public WriteOptions? Write { get; init; }

    /// <summary>Gives local paths of data files; by default those of <c>file:</c> locations.</summary>
    public ILocalFiles? LocalFiles { get; init; }

    /// <summary>Branch to change.</summary>
    public string Branch { get; init; } = SnapshotRef.Main;

    /// <summary>Further members of the snapshot's summary.</summary>
    public IReadOnlyDictionary<string, string>? Summary { get; init; }
}

/// <summary>What a change of rows did, to be committed with its transaction.</summary>
/// <param name="Deleted">Rows deleted.</param>
/// <param name="Updated">Rows updated.</param>
/// <param name="Inserted">Rows inserted.</param>
/// <param name="Change">The files that are added and removed; null when no row is concerned, and nothing was staged.</param>
public sealed record RowChangeResult(long Deleted, long Updated, long Inserted, SnapshotChange? Change);
