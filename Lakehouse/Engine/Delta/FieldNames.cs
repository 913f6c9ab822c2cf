using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Schemas;

namespace Lakehouse.Engine.Delta;

/// <summary>How fields are found in data files (PROTOCOL.md, "Reader Requirements for Column Mapping").</summary>
/// <param name="snapshot">The table.</param>
internal sealed class FieldNames(DeltaSnapshot snapshot)
{
    /// <summary>
    /// Whether files must be looked into: by ids always; by physical names where a struct may have lost all the fields that a file has, which a rename or a new schema can do.
    /// </summary>
    public bool NeedsFiles { get; } = snapshot.ColumnMapping == ColumnMappingMode.Id || snapshot.Schema.Fields.Any(field => HasStruct(field.Type)) || HasVariant(snapshot.Schema);

    /// <summary>The name of a field in files, by the table's word.</summary>
    public string NameOf(DeltaField field) => snapshot.PhysicalName(field);

    /// <summary>The field within a node of a file; null when it is not there, or when the file was not looked into.</summary>
    public ParquetNode? Find(DeltaField field, ParquetNode? parent)
    {
        if (parent is null)
        {
            return null;
        }

        if (snapshot.ColumnMapping == ColumnMappingMode.Id)
        {
            return parent.Children.FirstOrDefault(child => child.FieldId == field.ColumnMappingId);
        }

        var name = NameOf(field);
        return parent.Children.FirstOrDefault(child => child.Name == name) ?? parent.Children.FirstOrDefault(child => child.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether there is a variant anywhere within a type.</summary>
    public static bool HasVariant(DeltaType type) => type switch
    {
        DeltaStruct structure => structure.Fields.Any(field => HasVariant(field.Type)),
        DeltaArray array => HasVariant(array.Element),
        DeltaMap map => HasVariant(map.Key) || HasVariant(map.Value),
        _ => type == DeltaType.Variant,
    };

    static bool HasStruct(DeltaType type) => type switch
    {
        DeltaStruct => true,
        DeltaArray array => HasStruct(array.Element),
        DeltaMap map => HasStruct(map.Key) || HasStruct(map.Value),
        _ => false,
    };
}
