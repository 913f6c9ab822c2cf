using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Columns by field id as SQL expressions: top-level ones, and those within structs.</summary>
internal static class ColumnAccess
{
    /// <summary>The expression and type of a field, or null when there is none or it lies in a list or map.</summary>
    public static (string Sql, IcebergType Type)? Find(Schema schema, int fieldId)
    {
        foreach (var field in schema.Fields)
        {
            if (Find(field, SqlText.Identifier(field.Name), fieldId) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    static (string Sql, IcebergType Type)? Find(NestedField field, string sql, int fieldId)
    {
        if (field.Id == fieldId)
        {
            return (sql, field.Type);
        }

        foreach (var child in field.Type is StructType { Fields: var fields } ? fields : [])
        {
            if (Find(child, $"struct_extract({sql}, {SqlText.Literal(child.Name)})", fieldId) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
