namespace Lakehouse.Formats.Iceberg;

/// <summary>Builds the columns of tables about tables; ids have no meaning there but to be unique.</summary>
internal sealed class InspectionColumns
{
    private readonly List<NestedField> fields = [];
    private int nextId;

    public IReadOnlyList<NestedField> Fields => fields;

    public int FreshId() => ++nextId;

    public InspectionColumns Add(string name, IcebergType type)
    {
        fields.Add(Field(name, type));
        return this;
    }

    public NestedField Field(string name, IcebergType type) => new(FreshId(), name, Required: false, type);

    public MapType Map(IcebergType key, IcebergType value) => new(FreshId(), key, FreshId(), value, ValueRequired: true);

    public ListType List(IcebergType element) => new(FreshId(), element, ElementRequired: true);

    public StructType Struct(params ReadOnlySpan<(string Name, IcebergType Type)> members)
    {
        var children = new List<NestedField>();
        foreach (var (name, type) in members)
        {
            children.Add(Field(name, type));
        }

        return new StructType(children);
    }
}
