using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>A field of an Iceberg table as the published Delta table has it.</summary>
/// <param name="Id">Iceberg's field id.</param>
/// <param name="Name">Name in the snapshot's schema; <c>element</c>, <c>key</c> or <c>value</c> within lists and maps.</param>
/// <param name="Physical">Name in data files.</param>
/// <param name="Source">Iceberg's type.</param>
/// <param name="Type">Delta's type.</param>
/// <param name="Children">Fields of a struct; the element of a list; key and value of a map.</param>
internal sealed record PublishedNode(int Id, string Name, string Physical, IcebergType Source, DeltaType Type, IReadOnlyList<PublishedNode> Children)
{
    /// <summary>Former types that data files may still have, oldest first; of a leaf.</summary>
    public IReadOnlyList<DeltaType> FormerTypes { get; init; } = [];

    /// <summary>Whether this or a field within it was ever of another type.</summary>
    public bool IsWidened => FormerTypes.Count > 0 || Children.Any(child => child.IsWidened);

    /// <summary>Whether this or a field within it has another name in data files.</summary>
    public bool IsRenamed => Name != Physical || Children.Any(child => child.IsRenamed);

    /// <summary>Whether this is of that type, or has a field of it within.</summary>
    public bool Has(DeltaType type) => Type.Equals(type) || Children.Any(child => child.Has(type));
}
