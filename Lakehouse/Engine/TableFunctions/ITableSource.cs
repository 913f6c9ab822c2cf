using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.TableFunctions;

/// <summary>A table whose rows this process makes while a query reads them; see <see cref="TableFunction.Register"/>.</summary>
public interface ITableSource
{
    /// <summary>The columns. Those of nested types, uuid, fixed and time can only be filled in by <see cref="TableRows.Copy"/>.</summary>
    IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>About how many rows there are. The optimizer holds the smaller side of a join in memory: a source that seems small is held whole.</summary>
    long EstimatedRows { get; }

    /// <summary>How many threads may read at once; at least 1.</summary>
    int MaxThreads { get; }

    /// <summary>Begins to read the rows from the start, for one query.</summary>
    ITableScan Open();
}

/// <summary>A column of a table source.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type.</param>
public sealed record TableColumn(string Name, IcebergType Type);

/// <summary>One reading of a table source. Disposed when the query is over, after its readers.</summary>
public interface ITableScan : IDisposable
{
    /// <summary>A reader for one thread; together the readers give each row once.</summary>
    ITableReader OpenReader();
}

/// <summary>Gives rows to one thread.</summary>
public interface ITableReader : IDisposable
{
    /// <summary>Fills in rows.</summary>
    /// <param name="rows">Where to; empty, its values undefined and not null.</param>
    /// <returns>How many; 0 says that there are no more.</returns>
    int Read(TableRows rows);
}
