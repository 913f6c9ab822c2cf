using System.Globalization;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>
/// Changes how new rows are partitioned; rows that are there stay as they are (specification, "Partition Evolution"). A field that goes becomes void in v1, where fields are known by their
/// place, and is left out from v2 on; one that comes back has its old id.
/// </summary>
public sealed class PartitionSpecUpdate
{
    readonly TableMetadata metadata;
    readonly List<PartitionField> fields;
    int lastPartitionId;

    /// <summary>Starts with the partitioning that writers use.</summary>
    public PartitionSpecUpdate(TableMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        this.metadata = metadata;
        fields = [.. metadata.DefaultSpec.Fields];
        lastPartitionId = metadata.LastPartitionId;
    }

    /// <summary>Adds a partition field.</summary>
    /// <param name="column">Full name of the source column.</param>
    /// <param name="transform">Transform; identity by default.</param>
    /// <param name="name">Name; by default made of the column's and the transform's.</param>
    public PartitionSpecUpdate Add(string column, Transform? transform = null, string? name = null)
    {
        transform ??= Transform.Identity;
        var source = metadata.CurrentSchema.FindByFullName(column) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no column {column}");
        name ??= DefaultName(column, transform);
        if (fields.Exists(field => field.SourceId == source.Id && field.Transform == transform))
        {
            throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"the table is partitioned by {transform} of {column} already");
        }

        // A void field of that name, from before, makes way.
        var blocking = fields.FindIndex(field => field.Name == name);
        if (blocking >= 0)
        {
            fields[blocking] = fields[blocking].Transform.Kind == TransformKind.Void
                ? fields[blocking] with { Name = string.Create(CultureInfo.InvariantCulture, $"{name}_{fields[blocking].FieldId}") }
                : throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"there is a partition field {name} already");
        }

        var known = metadata.FormatVersion < 2 ? null : metadata.PartitionSpecs.SelectMany(spec => spec.Fields).FirstOrDefault(field => field.SourceId == source.Id && field.Transform == transform);
        var id = known?.FieldId ?? ++lastPartitionId;
        fields.Add(new PartitionField(source.Id, metadata.FormatVersion < 2 ? PartitionSpec.FirstFieldId + fields.Count : id, name, transform));
        return this;
    }

    /// <summary>Takes a partition field away.</summary>
    public PartitionSpecUpdate Remove(string name)
    {
        var index = IndexOf(name);
        if (metadata.FormatVersion < 2)
        {
            fields[index] = fields[index] with { Transform = Transform.Void };
        }
        else
        {
            fields.RemoveAt(index);
        }

        return this;
    }

    /// <summary>Gives a partition field another name.</summary>
    public PartitionSpecUpdate Rename(string name, string newName)
    {
        if (fields.Exists(field => field.Name == newName))
        {
            throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"there is a partition field {newName} already");
        }

        var index = IndexOf(name);
        fields[index] = fields[index] with { Name = newName };
        return this;
    }

    /// <summary>The change; none when nothing differs.</summary>
    public MetadataChange Build() => metadata.DefaultSpec.IsEquivalentTo(new PartitionSpec(0, fields))
        ? MetadataChange.None
        : new MetadataChange(
            [new AddPartitionSpec(new PartitionSpec(0, fields)), new SetDefaultSpec(TableUpdate.LastAdded)],
            [new AssertDefaultSpecId(metadata.DefaultSpecId), new AssertLastAssignedPartitionId(metadata.LastPartitionId), new AssertCurrentSchemaId(metadata.CurrentSchemaId)]);

    int IndexOf(string name) => fields.FindIndex(field => field.Name == name && field.Transform.Kind != TransformKind.Void) is >= 0 and var index
        ? index
        : throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no partition field {name}");

    static string DefaultName(string column, Transform transform) => transform.Kind switch
    {
        TransformKind.Identity => column,
        TransformKind.Bucket => string.Create(CultureInfo.InvariantCulture, $"{column}_bucket_{transform.Parameter}"),
        TransformKind.Truncate => string.Create(CultureInfo.InvariantCulture, $"{column}_trunc_{transform.Parameter}"),
        _ => $"{column}_{transform.Text}",
    };
}
