using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

public sealed partial class TableTransaction
{
    /// <summary>Stages a change of a table's metadata. On a conflict with other writers it is worked out again on what those left.</summary>
    /// <param name="table">A table that this transaction opened.</param>
    /// <param name="change">Works the change out for some metadata; may be called several times.</param>
    /// <returns>The table as it will be: what is written for it in this transaction goes by its new columns and partitioning.</returns>
    /// <exception cref="LakehouseException">What the change throws, and InvalidData when it contradicts the commit rules.</exception>
    public LakeTable Evolve(LakeTable table, Func<TableMetadata, MetadataChange> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Staged(table).Evolve(lake, change);
    }

    /// <summary>Stages a change of columns, as for <see cref="Evolve"/>.</summary>
    public LakeTable UpdateSchema(LakeTable table, Action<SchemaUpdate> change) => Evolve(table, metadata =>
    {
        var update = new SchemaUpdate(metadata);
        change(update);
        return update.Build();
    });

    /// <summary>Stages a change of the partitioning, as for <see cref="Evolve"/>.</summary>
    public LakeTable UpdatePartitioning(LakeTable table, Action<PartitionSpecUpdate> change) => Evolve(table, metadata =>
    {
        var update = new PartitionSpecUpdate(metadata);
        change(update);
        return update.Build();
    });

    /// <summary>Stages another sort order, as for <see cref="Evolve"/>; one without fields is no order.</summary>
    public LakeTable UpdateSortOrder(LakeTable table, Action<SortOrderUpdate> change) => Evolve(table, metadata =>
    {
        var update = new SortOrderUpdate(metadata);
        change(update);
        return update.Build();
    });

    /// <summary>Stages changes of branches and tags, as for <see cref="Evolve"/>.</summary>
    public LakeTable UpdateRefs(LakeTable table, Action<RefUpdate> change) => Evolve(table, metadata =>
    {
        var update = new RefUpdate(metadata);
        change(update);
        return update.Build();
    });

    /// <summary>Stages changes of properties, as for <see cref="Evolve"/>.</summary>
    public LakeTable UpdateProperties(LakeTable table, IReadOnlyDictionary<string, string>? set = null, IReadOnlyList<string>? remove = null) =>
        Evolve(table, _ => MetadataChange.Properties(set, remove));

    /// <summary>Stages an upgrade of the format version, as for <see cref="Evolve"/>.</summary>
    public LakeTable Upgrade(LakeTable table, int formatVersion) => Evolve(table, metadata => MetadataChange.Upgrade(metadata, formatVersion));
}
