using LakeAspire.Query.Parsing;
using LakeAspire.Query.Policies;
using LakeAspire.Query.Resolution;
using LakeAspire.Query.Tables;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace LakeAspire.Query.Expansion;

/// <summary>Opens tables where the catalog says that they lie.</summary>
internal sealed class RelationOpener(Lake lake, MetadataCache metadata, ManifestCache manifests, PolicyReader policies)
{
    /// <summary>Whether a number is the id of a snapshot of an Iceberg table. Every version of a Delta table may be asked for; whether it is there is seen when it is opened. A view has none.</summary>
    public async Task<bool> HasVersionAsync(ResolvedEntry entry, long number, CancellationToken cancellationToken) => entry.Kind switch
    {
        ResolvedKind.Table => (await metadata.ReadAsync(entry.MetadataLocation!, cancellationToken)).SnapshotById(number) is not null,
        ResolvedKind.Delta => true,
        _ => false,
    };

    /// <summary>Opens a table.</summary>
    /// <param name="table">Its name as the query wrote it.</param>
    /// <param name="name">Its name in a worker.</param>
    /// <param name="entry">What the catalog says of it.</param>
    /// <param name="version">A snapshot of it, or a version of a Delta table; null = the current one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<TableRelation> OpenAsync(TableIdentifier table, RelationName name, ResolvedEntry entry, long? version, CancellationToken cancellationToken) =>
        entry.Kind == ResolvedKind.Delta ? await DeltaAsync(table, name, entry, version, cancellationToken) : await IcebergAsync(table, name, entry, version, cancellationToken);

    /// <summary>The policy of a view.</summary>
    public Task<PolicyGuard> GuardAsync(TableIdentifier view, ResolvedPolicy policy, IReadOnlyList<ResolvedColumn> columns, CancellationToken cancellationToken) =>
        policies.OfColumnsAsync(view, policy, [.. columns.Select(column => (column.Name, column.Type is null ? null : SqlTypes.Of(TypeJson.ParsePrimitive(column.Type))))], cancellationToken);

    async Task<TableRelation> IcebergAsync(TableIdentifier table, RelationName name, ResolvedEntry entry, long? version, CancellationToken cancellationToken)
    {
        var read = await metadata.ReadAsync(entry.MetadataLocation!, cancellationToken);
        var snapshot = version is { } id ? read.SnapshotById(id) : null;
        var opened = new QueriedIceberg(table, lake.OpenTable(new LoadedTable(table, entry.MetadataLocation!, read)), snapshot, manifests);
        return new TableRelation(name, table, entry, opened, entry.Policy is null ? null : await policies.OfTableAsync(table, entry.Policy, read, opened.Schema, cancellationToken));
    }

    async Task<TableRelation> DeltaAsync(TableIdentifier table, RelationName name, ResolvedEntry entry, long? version, CancellationToken cancellationToken)
    {
        if (entry.Policy is not null && (version is not null || entry.At is not null))
        {
            throw SqlErrors.Forbidden($"{table} has a row filter or masks, which name columns of its newest version: earlier ones are not to be read.");
        }

        QueriedDelta? opened = null;
        try
        {
            opened = new QueriedDelta(table, await lake.OpenDeltaTable(table, entry.Location!).OpenAsync(version is { } number ? DeltaVersionSelector.At(number) : entry.At is { } time ? DeltaVersionSelector.At(time) : default, cancellationToken));
            var guard = entry.Policy is null ? null : await policies.OfColumnsAsync(table, entry.Policy, [.. opened.Schema.Fields.Select((field, i) => (field.Name, (string?)opened.Types[i]))], cancellationToken);
            return new TableRelation(name, table, entry, opened, guard);
        }
        catch (LakehouseException broken) when (broken.Kind is LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported)
        {
            opened?.Dispose();
            throw SqlErrors.Bind(broken.Message);
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }
}
