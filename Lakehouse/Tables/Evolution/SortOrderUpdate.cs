using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Gives a table another order in which writers sort rows (specification, "Sorting"); rows that are there stay as they are.</summary>
public sealed class SortOrderUpdate
{
    readonly TableMetadata metadata;
    readonly List<SortField> fields = [];

    /// <summary>Starts without an order.</summary>
    public SortOrderUpdate(TableMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        this.metadata = metadata;
    }

    /// <summary>Sorts by a column, after those before.</summary>
    /// <param name="column">Full name.</param>
    /// <param name="direction">Direction.</param>
    /// <param name="nulls">Where nulls go; by default first when ascending, last when descending.</param>
    /// <param name="transform">Transform whose values are compared; identity by default.</param>
    public SortOrderUpdate By(string column, SortDirection direction = SortDirection.Ascending, NullOrder? nulls = null, Transform? transform = null)
    {
        var source = metadata.CurrentSchema.FindByFullName(column) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no column {column}");
        fields.Add(new SortField(source.Id, transform ?? Transform.Identity, direction, nulls ?? (direction == SortDirection.Ascending ? NullOrder.NullsFirst : NullOrder.NullsLast)));
        return this;
    }

    /// <summary>The change; none when nothing differs.</summary>
    public MetadataChange Build()
    {
        var order = fields.Count == 0 ? SortOrder.Unsorted : new SortOrder(1, fields);
        return metadata.DefaultSortOrder.IsEquivalentTo(order)
            ? MetadataChange.None
            : new MetadataChange(
                [new AddSortOrder(order), new SetDefaultSortOrder(TableUpdate.LastAdded)],
                [new AssertDefaultSortOrderId(metadata.DefaultSortOrderId), new AssertCurrentSchemaId(metadata.CurrentSchemaId)]);
    }
}
