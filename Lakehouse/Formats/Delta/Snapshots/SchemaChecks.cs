using Lakehouse.Formats.Delta.Schemas;

namespace Lakehouse.Formats.Delta;

/// <summary>What a schema must keep to before rows are read by it.</summary>
static class SchemaChecks
{
    public static void Check(DeltaSnapshot snapshot)
    {
        var widens = TableFeatures.ReaderSupports(snapshot.Protocol, TableFeatures.TypeWidening) || TableFeatures.ReaderSupports(snapshot.Protocol, "typeWidening-preview");
        foreach (var field in FieldsOf(snapshot.Schema))
        {
            if (widens && field.TypeChanges.FirstOrDefault(change => !change.IsSupported) is { } wrong)
            {
                throw LakehouseException.Unsupported($"Unsupported: column \"{field.Name}\" of table {snapshot.Location} was changed from {wrong.From} to {wrong.To}.");
            }

            if (snapshot.ColumnMapping != ColumnMappingMode.None)
            {
                _ = snapshot.PhysicalName(field);
            }

            if (snapshot.ColumnMapping == ColumnMappingMode.Id && field.ColumnMappingId is null)
            {
                throw LakehouseException.InvalidData($"Column \"{field.Name}\" of table {snapshot.Location} has no field id, which its column mapping needs.");
            }
        }
    }

    static IEnumerable<DeltaField> FieldsOf(DeltaType type) => type switch
    {
        DeltaStruct structure => structure.Fields.SelectMany(field => FieldsOf(field.Type).Prepend(field)),
        DeltaArray array => FieldsOf(array.Element),
        DeltaMap map => FieldsOf(map.Key).Concat(FieldsOf(map.Value)),
        _ => [],
    };
}
