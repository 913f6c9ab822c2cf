using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;

namespace Lakehouse.Sources.Lines;

/// <summary>
/// How lines become rows without SQL: for contracts of plain types. A line that isn't plain (a number in quotes, a field twice) is left to the contract's SQL, which decides what it means.
/// </summary>
public sealed class FastPlan
{
    FastPlan(FieldPlan fields, IReadOnlyList<FastColumn> columns, IReadOnlyList<TableColumn> tableColumns, int rawColumn, int positionColumn, IReadOnlyDictionary<string, string> names)
    {
        Fields = fields;
        Columns = columns;
        TableColumns = tableColumns;
        RawColumn = rawColumn;
        PositionColumn = positionColumn;
        Names = names;
    }

    /// <summary>Columns of the rows: the number of the file first, then what the contract takes from the line.</summary>
    public IReadOnlyList<TableColumn> TableColumns { get; }

    /// <summary>Name of the row's column for each of the contract's columns that comes from the line.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    internal FieldPlan Fields { get; }

    internal IReadOnlyList<FastColumn> Columns { get; }

    internal int RawColumn { get; }

    internal int PositionColumn { get; }

    /// <summary>The plan of a contract; null when all of its lines need the SQL.</summary>
    public static FastPlan? TryCreate(StreamContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var tableColumns = new List<TableColumn> { new(LineTable.FileColumn, IcebergType.Int) };
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var paths = new List<IReadOnlyList<string>>();
        var columns = new List<FastColumn>();
        int raw = -1, position = -1;
        foreach (var column in contract.Columns)
        {
            var index = tableColumns.Count;
            switch (column.Origin)
            {
                case FieldOrigin field when FastColumn.TryCreate(column, paths.Count, index) is { } fast:
                    paths.Add(field.Path);
                    columns.Add(fast);
                    break;
                case EventOrigin when column.Type == IcebergType.String && raw < 0:
                    raw = index;
                    break;
                case PositionOrigin when column.Type == IcebergType.Long && position < 0:
                    position = index;
                    break;
                case SourceOrigin or IngestedAtOrigin:
                    continue;
                case FileNameOrigin when !column.Required:
                    continue;
                default:
                    return null;
            }

            names[column.Name] = $"c{index}";
            tableColumns.Add(new TableColumn($"c{index}", (PrimitiveType)column.Type));
        }

        return FieldPlan.TryCreate(paths) is { } fields ? new FastPlan(fields, columns, tableColumns, raw, position, names) : null;
    }
}
