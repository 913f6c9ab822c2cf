using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Where a column goes among its siblings.</summary>
/// <param name="Sibling">Name of the sibling; null = the first place.</param>
/// <param name="Before">Whether it goes before that sibling, not behind.</param>
public sealed record ColumnPosition(string? Sibling, bool Before = false)
{
    /// <summary>The first place.</summary>
    public static ColumnPosition First { get; } = new(Sibling: null);

    /// <summary>Behind a sibling.</summary>
    public static ColumnPosition After(string sibling) => new(sibling);
}

/// <summary>
/// Changes the columns of a table (specification, "Schema Evolution"). Columns are named in full, with dots (<c>a.b</c>; <c>a.element</c>, <c>a.value</c> within lists and maps). Ids
/// stay; new columns get new ones. Names in data files stay what they were at creation (<see cref="PhysicalNames"/>).
/// </summary>
public sealed class SchemaUpdate
{
    readonly TableMetadata metadata;
    IReadOnlyList<NestedField> fields;
    HashSet<int> identifiers;
    int lastColumnId;

    /// <summary>Starts with the columns of a table.</summary>
    public SchemaUpdate(TableMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        this.metadata = metadata;
        fields = metadata.CurrentSchema.Fields;
        identifiers = [.. metadata.CurrentSchema.IdentifierFieldIds];
        lastColumnId = metadata.LastColumnId;
    }

    Schema Current => new(metadata.CurrentSchemaId, fields, [.. identifiers]);

    /// <summary>Adds a column.</summary>
    /// <param name="name">Its own name, which may have dots.</param>
    /// <param name="type">Type; ids within it are assigned.</param>
    /// <param name="parent">Full name of the struct, or of the list or map of structs, that it goes into; null = the table.</param>
    /// <param name="doc">Comment.</param>
    /// <param name="defaultJson">Value of the rows that are there, and of those written without the column, as JSON of the single-value serialization. From format version 3 on.</param>
    /// <param name="required">Whether null is forbidden; needs a default, or an empty table.</param>
    /// <param name="position">Where it goes; null = last.</param>
    public SchemaUpdate Add(string name, IcebergType type, string? parent = null, string? doc = null, string? defaultJson = null, bool required = false, ColumnPosition? position = null)
    {
        if (defaultJson is not null && metadata.FormatVersion < 3)
        {
            throw LakehouseException.Unsupported($"Unsupported: column {name} can't have a default in a table of format version {metadata.FormatVersion}; upgrade it to 3, or add the column without and update its rows.");
        }

        if (required && defaultJson is null && metadata.CurrentSnapshotId is not null)
        {
            throw LakehouseException.InvalidData($"column {name} can't be required without a default: the rows that are there have no value");
        }

        var parentId = parent is null ? (int?)null : Find(parent).Id;
        var field = FreshIds.Assign(new Schema(0, [new NestedField(1, name, required, Numbered(type), doc) { InitialDefault = defaultJson, WriteDefault = defaultJson }]), firstId: lastColumnId + 1).Fields[0];
        fields = SchemaTree.ReplaceWithin(fields, parentId, siblings => siblings.Any(sibling => sibling.Name == name)
            ? throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"column {(parent is null ? name : $"{parent}.{name}")} exists already")
            : Place([.. siblings, field], field.Id, position));
        lastColumnId = Math.Max(lastColumnId, SchemaFields.HighestFieldId(new Schema(0, [field])));
        return this;
    }

    /// <summary>Gives a column another name.</summary>
    public SchemaUpdate Rename(string column, string newName)
    {
        var field = Find(column);
        var (_, siblings) = SchemaTree.Around(fields, field.Id);
        return siblings.Count == 0 ? throw LakehouseException.InvalidData($"{column} can't be renamed: it is what the specification calls it")
            : newName.Length == 0 || siblings.Any(sibling => sibling.Name == newName && sibling.Id != field.Id) ? throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"column {column} can't be called \"{newName}\": another has the name, or it is empty")
            : Change(column, old => old with { Name = newName });
    }

    /// <summary>Takes a column away. Its id and its values in older snapshots stay.</summary>
    public SchemaUpdate Drop(string column)
    {
        var field = Find(column);
        var gone = SchemaFields.All(new Schema(0, [field])).Select(item => item.Field.Id).ToHashSet();
        if (identifiers.Overlaps(gone))
        {
            throw LakehouseException.InvalidData($"column {column} identifies rows and can't be dropped");
        }

        if (metadata.DefaultSpec.Fields.FirstOrDefault(partition => gone.Contains(partition.SourceId) && partition.Transform.Kind != TransformKind.Void) is { } split)
        {
            throw LakehouseException.InvalidData($"column {column} can't be dropped: partition field {split.Name} is made of it");
        }

        var (_, siblings) = SchemaTree.Around(fields, field.Id);
        return siblings.Count == 1 ? throw LakehouseException.InvalidData($"column {column} is the only one there and can't be dropped") : Change(column, _ => null);
    }

    /// <summary>Gives a column a wider type.</summary>
    public SchemaUpdate Widen(string column, PrimitiveType type) => Change(column, old => TypePromotion.IsAllowed(old.Type, type, metadata.FormatVersion)
        ? old with { Type = type }
        : throw LakehouseException.InvalidData($"column {column} can't change from {old.Type} to {type} in format version {metadata.FormatVersion}"));

    /// <summary>Allows nulls.</summary>
    public SchemaUpdate MakeOptional(string column) => identifiers.Contains(Find(column).Id)
        ? throw LakehouseException.InvalidData($"column {column} identifies rows and stays required")
        : Change(column, old => old with { Required = false });

    /// <summary>Sets or removes a comment.</summary>
    public SchemaUpdate SetDoc(string column, string? doc) => Change(column, old => old with { Doc = doc });

    /// <summary>Sets the value of rows that are written without the column; rows that are there keep theirs. From format version 3 on.</summary>
    public SchemaUpdate SetWriteDefault(string column, string? json) => metadata.FormatVersion < 3
        ? throw LakehouseException.Unsupported($"Unsupported: column {column} can't have a default in a table of format version {metadata.FormatVersion}.")
        : Change(column, old => old with { WriteDefault = json });

    /// <summary>Moves a column among its siblings.</summary>
    public SchemaUpdate Move(string column, ColumnPosition position)
    {
        var field = Find(column);
        var (parent, siblings) = SchemaTree.Around(fields, field.Id);
        fields = siblings.Count == 0 ? throw LakehouseException.InvalidData($"{column} has no siblings") : SchemaTree.ReplaceWithin(fields, parent, own => Place(own, field.Id, position));
        return this;
    }

    /// <summary>Says which columns identify a row: required ones of primitive types, no floating point, not within lists and maps.</summary>
    public SchemaUpdate SetIdentifiers(params IReadOnlyList<string> columns)
    {
        identifiers = [.. columns.Select(column =>
        {
            var field = Find(column);
            var path = column.Split('.');
            var allRequired = Enumerable.Range(1, path.Length).All(depth => Current.FindByFullName(string.Join('.', path[..depth])) is null or { Required: true, Type: StructType or PrimitiveType });
            return field is { Required: true, Type: PrimitiveType { Name: not ("float" or "double") } } && allRequired
                ? field.Id
                : throw LakehouseException.InvalidData($"column {column} can't identify rows: it must be required, of a primitive type that is not floating point, and not within an optional column, list or map");
        })];
        return this;
    }

    /// <summary>The change; none when nothing differs.</summary>
    public MetadataChange Build() => Current.SameColumns(metadata.CurrentSchema)
        ? MetadataChange.None
        : new MetadataChange(
            [new AddSchema(Current, lastColumnId), new SetCurrentSchema(TableUpdate.LastAdded)],
            [new AssertCurrentSchemaId(metadata.CurrentSchemaId), new AssertLastAssignedFieldId(metadata.LastColumnId)]);

    NestedField Find(string column) => Current.FindByFullName(column) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no column {column}");

    SchemaUpdate Change(string column, Func<NestedField, NestedField?> change)
    {
        fields = SchemaTree.Replace(fields, Find(column).Id, change);
        return this;
    }

    static List<NestedField> Place(IReadOnlyList<NestedField> siblings, int id, ColumnPosition? position)
    {
        if (position is null)
        {
            return [.. siblings];
        }

        var moved = siblings.First(field => field.Id == id);
        var others = siblings.Where(field => field.Id != id).ToList();
        var index = position.Sibling is null ? 0 : others.FindIndex(field => field.Name == position.Sibling);
        others.Insert(index < 0 ? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no column {position.Sibling} beside {moved.Name}") : position is { Sibling: not null, Before: false } ? index + 1 : index, moved);
        return others;
    }

    /// <summary>Distinct ids within a type, whatever it came with, so that fresh ones can be given by them.</summary>
    static IcebergType Numbered(IcebergType type)
    {
        var next = 2;
        return Number(type);

        IcebergType Number(IcebergType inner) => inner switch
        {
            StructType structure => new StructType([.. structure.Fields.Select(field => field with { Id = next++, Type = Number(field.Type) })]),
            ListType list => list with { ElementId = next++, Element = Number(list.Element) },
            MapType map => map with { KeyId = next++, ValueId = next++, Key = Number(map.Key), Value = Number(map.Value) },
            _ => inner,
        };
    }
}
