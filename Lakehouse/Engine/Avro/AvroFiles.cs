using Lakehouse.Engine.Scans;
using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Avro;

/// <summary>
/// Avro data files as a table function <c>name()</c>: the columns asked for under the names <c>c0</c>, <c>c1</c> and so on, and like DuckDB's own reader of Parquet <c>file_index</c>
/// and <c>file_row_number</c>.
/// </summary>
/// <param name="Name">Name of the function, unique in its database.</param>
/// <param name="Paths">The local files.</param>
/// <param name="Columns">The columns, with ids and types of the table.</param>
/// <param name="Mapping">The table's name mapping, for files without field ids.</param>
/// <param name="Rows">Rows of all files together.</param>
public sealed record AvroFiles(string Name, IReadOnlyList<string> Paths, IReadOnlyList<NestedField> Columns, NameMapping? Mapping, long Rows) : RelationInput(Name)
{
    /// <inheritdoc />
    public override void Register(DuckDbConnection connection)
    {
        // An interrupt that came when the last statement was done is still noted; only a statement clears it, and the registration would fail by it.
        connection.Execute("SELECT 1");
        TableFunction.Register(connection, Name, new AvroSource(this));
    }

    internal static string ColumnName(int index) => $"c{SqlText.Literal(index)}";
}
