using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;

namespace Lakehouse.Tables;

/// <summary>
/// A table at one version of its metadata. Within a transaction that creates it or gives it other columns, <see cref="Metadata"/> is what the table will be, so that files can be
/// written for it before it is.
/// </summary>
public sealed class LakeTable
{
    readonly Lake lake;

    internal LakeTable(Lake lake, LoadedTable loaded)
    {
        this.lake = lake;
        Identifier = loaded.Identifier;
        MetadataLocation = loaded.MetadataLocation;
        Metadata = loaded.Metadata;
    }

    /// <summary>A table as a transaction will leave it.</summary>
    internal LakeTable(Lake lake, TableIdentifier identifier, string? metadataLocation, TableMetadata metadata, IReadOnlyList<TableUpdate> pending, IReadOnlyList<TableRequirement> required)
    {
        this.lake = lake;
        Identifier = identifier;
        MetadataLocation = metadataLocation;
        Metadata = metadata;
        Pending = pending;
        Required = required;
    }

    /// <summary>Name.</summary>
    public TableIdentifier Identifier { get; }

    /// <summary>Location of the metadata file that this version stands in, or builds on; null when the table does not exist yet.</summary>
    public string? MetadataLocation { get; }

    /// <summary>Whether the table does not exist yet.</summary>
    public bool IsNew => MetadataLocation is null;

    /// <summary>Metadata of this version.</summary>
    public TableMetadata Metadata { get; }

    /// <summary>Current columns, with their field ids.</summary>
    public Schema Schema => Metadata.CurrentSchema;

    /// <summary>Current snapshot; null while the table is empty.</summary>
    public Snapshot? CurrentSnapshot => Metadata.CurrentSnapshot;

    /// <summary>Base location; no trailing slash.</summary>
    public string Location => Metadata.Location;

    /// <summary>Updates that lead from the stored metadata to <see cref="Metadata"/>; they go into the commit before the snapshot's own.</summary>
    internal IReadOnlyList<TableUpdate> Pending { get; } = [];

    /// <summary>What has to hold for <see cref="Pending"/>.</summary>
    internal IReadOnlyList<TableRequirement> Required { get; } = [];

    /// <summary>The data files of a snapshot (the current one by default) with the delete files that apply to them; none while the table is empty.</summary>
    /// <param name="snapshot">Snapshot to read; null = the current one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="filter">Files none of whose rows pass it may be left out; null = all files.</param>
    /// <param name="options">How to plan.</param>
    /// <exception cref="LakehouseException">InvalidData: a manifest is malformed; NotFound: one is missing.</exception>
    public IAsyncEnumerable<ScanFile> PlanFilesAsync(Snapshot? snapshot = null, CancellationToken cancellationToken = default, Expression? filter = null, ScanPlanOptions? options = null) =>
        (snapshot ?? CurrentSnapshot) is { } planned ? ScanPlanner.PlanFilesAsync(lake.Store, Metadata, planned, filter, options, cancellationToken) : AsyncEnumerable.Empty<ScanFile>();

    /// <summary>A relation for the engine over exactly the files of a snapshot (the current one by default); of no rows while the table is empty.</summary>
    /// <param name="connection">Connection that will run the query.</param>
    /// <param name="localFiles">Gives local paths of data files; by default the lake's own (<see cref="Lake.Files"/>).</param>
    /// <param name="snapshot">Snapshot to read, with its own schema; null = the current one with the current schema.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="filter">Rows that don't pass it may be missing, since files that hold no others are not opened; null = all rows.</param>
    /// <param name="options">How to plan.</param>
    /// <param name="registersInputs">As <see cref="ScanTarget.RegistersInputs"/>.</param>
    public async Task<SnapshotRelation> RelationAsync(
        DuckDbConnection connection, ILocalFiles? localFiles = null, Snapshot? snapshot = null, CancellationToken cancellationToken = default, Expression? filter = null, ScanPlanOptions? options = null, bool registersInputs = true)
    {
        var schema = snapshot is null ? Schema : Metadata.SchemaOf(snapshot);
        var files = new List<ScanFile>();
        await foreach (var file in PlanFilesAsync(snapshot, cancellationToken, filter, (options ?? new ScanPlanOptions()) with { Schema = schema }))
        {
            files.Add(file);
        }

        var target = new ScanTarget(Identifier.ToString(), Metadata, schema, files) { Store = lake.Store, RegistersInputs = registersInputs };
        return await SnapshotRelation.BuildAsync(connection, target, localFiles ?? lake.Files, cancellationToken);
    }

    /// <summary>The table with a change of its metadata that is still to be committed.</summary>
    /// <exception cref="LakehouseException">InvalidData: the change contradicts the commit rules.</exception>
    internal LakeTable Evolved(Lake owner, MetadataChange change)
    {
        if (change.Updates.Count == 0)
        {
            return this;
        }

        // What has to hold is about the stored metadata, not about what an earlier change of the same kind makes of it.
        var required = Required.Concat(IsNew ? [] : change.Requirements).DistinctBy(requirement => (requirement.Type, (requirement as AssertRefSnapshotId)?.Ref)).ToList();
        return TableCommit.Apply(Metadata, [], change.Updates, new TableCommitContext(Metadata.LastUpdated)) switch
        {
            TableCommitResult.Applied applied => new LakeTable(owner, Identifier, MetadataLocation, applied.Metadata, [.. Pending, .. change.Updates], required),
            TableCommitResult.Invalid invalid => throw LakehouseException.InvalidData($"table {Identifier}: {invalid.Reason}"),
            TableCommitResult.RequirementFailed failed => throw new LakehouseException(LakehouseErrorKind.Conflict, $"table {Identifier}: {failed.Reason}"),
            var other => throw new InvalidOperationException($"Unknown outcome: {other}"),
        };
    }

    /// <summary>A location for a new data file of the table. <see cref="TableTransaction.NewDataFile"/> gives one that is cleaned up too.</summary>
    public string NewDataFileLocation() => TableLocations.Join(TableLocations.DataFolder(Metadata), $"{Guid.CreateVersion7()}.parquet");
}
