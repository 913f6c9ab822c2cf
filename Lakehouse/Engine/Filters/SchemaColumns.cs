using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Filters;

/// <summary>A column that a condition names.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Type">Its type; null when it is not known.</param>
internal sealed record FilterColumn(ColumnPath Path, PrimitiveType? Type);

/// <summary>Finds the columns of a condition in a schema. Without a schema every name is taken as it stands.</summary>
internal sealed class SchemaColumns(Schema? schema)
{
    public FilterColumn? Find(IReadOnlyList<string> names)
    {
        if (schema is null)
        {
            return new FilterColumn(new ColumnPath(names), null);
        }

        var fields = schema.Fields;
        NestedField? found = null;
        foreach (var name in names)
        {
            var alike = fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
            if (alike.Count != 1)
            {
                return null;
            }

            found = alike[0];
            fields = (found.Type as StructType)?.Fields ?? [];
        }

        return new FilterColumn(new ColumnPath(names), found?.Type as PrimitiveType);
    }
}
