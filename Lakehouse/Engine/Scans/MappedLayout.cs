using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>Gives the columns of files without field ids their ids by the table's name mapping (specification, "Column Projection").</summary>
internal static class MappedLayout
{
    /// <summary>The layout with ids. Columns that the mapping doesn't name have none.</summary>
    /// <exception cref="LakehouseException">Unsupported: neither the file nor the table tells the ids.</exception>
    public static FileLayout WithIds(this FileLayout layout, NameMapping? mapping, DataFile file, string table) => layout.HasIds ? layout
        : mapping is not null ? layout with { Columns = Apply(layout.Columns, mapping) }
        : throw LakehouseException.Unsupported($"Unsupported: table {table} has a file without field ids ({file.FilePath}) and no name mapping that gives it some.");

    static FileColumn[] Apply(IReadOnlyList<FileColumn> columns, NameMapping mapping) => [.. columns.Select(column =>
    {
        var mapped = mapping.Find(column.Name);
        return column with { FieldId = mapped?.FieldId, Children = Apply(column.Children, mapped?.Nested ?? NameMapping.Empty) };
    })];
}
