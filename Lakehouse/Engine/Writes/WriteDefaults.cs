using System.Text.Json;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>What a row has in a column that it gives no value for (specification, "Default values", <c>write-default</c>).</summary>
public static class WriteDefaults
{
    /// <summary>The value as SQL: the column's write default, or null.</summary>
    /// <param name="field">The column.</param>
    /// <param name="table">Name of the table, for errors.</param>
    /// <exception cref="LakehouseException">Unsupported: a default of a nested type.</exception>
    public static string Sql(NestedField field, string table)
    {
        if (field.WriteDefault is not { } text)
        {
            return $"CAST(NULL AS {SqlTypes.Of(field.Type)})";
        }

        if (field.Type is not PrimitiveType)
        {
            throw LakehouseException.Unsupported($"Unsupported: column {field.Name} of table {table} is {field.Type} and has a write default; give a value for it.");
        }

        using var json = JsonDocument.Parse(text);
        return SqlText.Literal(SingleValueJson.Read(json.RootElement, field.Type), field.Type);
    }
}
