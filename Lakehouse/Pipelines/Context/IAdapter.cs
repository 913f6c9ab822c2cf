namespace Lakehouse.Pipelines.Context;

/// <summary>
/// Where the SQL of a project runs: what dbt calls an adapter with its connection. A rendering walks through a template on one thread and waits for each call,
/// so calls for one node never overlap; different nodes may call at the same time.
/// </summary>
public interface IAdapter
{
    /// <summary>Runs one statement, or several with semicolons between them.</summary>
    /// <param name="sql">The SQL.</param>
    /// <param name="fetch">Whether the rows of the last statement are wanted.</param>
    /// <param name="limit">The most rows to fetch; null for all.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>What the last statement did, and its rows if they were wanted.</returns>
    /// <exception cref="PipelineException">A statement fails (<see cref="PipelineErrorKind.Sql"/>).</exception>
    Task<AdapterResponse> ExecuteAsync(string sql, bool fetch, long? limit, CancellationToken cancellationToken);

    /// <summary>Names and types of the columns that a query would give, without running it.</summary>
    /// <exception cref="PipelineException">The query is not valid.</exception>
    Task<IReadOnlyList<AdapterColumn>> DescribeQueryAsync(string sql, CancellationToken cancellationToken);

    /// <summary>Names of all schemas (namespaces) of a database; none when there is no such database.</summary>
    Task<IReadOnlyList<string>> ListSchemasAsync(string database, CancellationToken cancellationToken);

    /// <summary>Makes a schema unless it exists.</summary>
    Task CreateSchemaAsync(string database, string schema, CancellationToken cancellationToken);

    /// <summary>Removes a schema with all in it, if it exists.</summary>
    Task DropSchemaAsync(string database, string schema, CancellationToken cancellationToken);

    /// <summary>All tables and views of a schema; none when there is no such schema.</summary>
    Task<IReadOnlyList<AdapterRelation>> ListRelationsAsync(string database, string schema, CancellationToken cancellationToken);

    /// <summary>The columns of a table or view in order; none when it does not exist.</summary>
    Task<IReadOnlyList<AdapterColumn>> GetColumnsAsync(RelationName relation, CancellationToken cancellationToken);

    /// <summary>Removes a table or view if it exists.</summary>
    Task DropRelationAsync(AdapterRelation relation, CancellationToken cancellationToken);

    /// <summary>Renames a table or view; the new name must be free.</summary>
    Task RenameRelationAsync(AdapterRelation from, RelationName to, CancellationToken cancellationToken);

    /// <summary>Removes all rows of a table.</summary>
    Task TruncateRelationAsync(RelationName relation, CancellationToken cancellationToken);

    /// <summary>Adds rows to a table that exists, as seeds do.</summary>
    /// <param name="relation">The table.</param>
    /// <param name="columns">Names of the columns, in the order of the values.</param>
    /// <param name="rows">Values; text is cast to the column's type, null stays null.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task InsertRowsAsync(RelationName relation, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> rows, CancellationToken cancellationToken);
}

/// <summary>Name of a table or view.</summary>
/// <param name="Database">Database; empty, with the schema, for a temporary table.</param>
/// <param name="Schema">Schema: the catalog's namespace; empty for a temporary table.</param>
/// <param name="Identifier">Name in the schema.</param>
public readonly record struct RelationName(string Database, string Schema, string Identifier)
{
    /// <summary>The quoted name.</summary>
    public override string ToString() => string.Join('.', new[] { Database, Schema, Identifier }.Where(p => p.Length > 0).Select(p => $"\"{p.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}

/// <summary>What a relation is.</summary>
public enum RelationKind
{
    /// <summary>A table.</summary>
    Table,

    /// <summary>A view.</summary>
    View,
}

/// <summary>A table or view that exists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
public sealed record AdapterRelation(RelationName Name, RelationKind Kind);

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as DuckDB writes it, such as <c>DECIMAL(18,3)</c> or <c>VARCHAR</c>.</param>
public sealed record AdapterColumn(string Name, string Type);

/// <summary>What a statement did.</summary>
/// <param name="Message">dbt's short word for it: <c>OK</c>, or the statement and its count (<c>SELECT 12</c>).</param>
/// <param name="RowsAffected">Rows written; null when it wrote none or the number is unknown.</param>
/// <param name="Table">Rows that were asked for; null when none were.</param>
public sealed record AdapterResponse(string Message, long? RowsAffected = null, AdapterTable? Table = null);

/// <summary>Rows of a query.</summary>
/// <param name="Columns">The columns in order.</param>
/// <param name="Rows">
/// Values by row. A value is null, <see cref="bool"/>, <see cref="long"/> (any integer that fits), <see cref="System.Numerics.BigInteger"/>, <see cref="double"/>, <see cref="decimal"/>
/// (or, where it does not fit, its text in a <see cref="DecimalText"/>), <see cref="string"/>, <see cref="DateOnly"/>, <see cref="DateTime"/> (a timestamp without zone),
/// <see cref="DateTimeOffset"/> (with zone), <see cref="TimeOnly"/>, <see cref="TimeSpan"/>, <see cref="Guid"/>, <see cref="byte"/>[], a list of values (LIST, ARRAY), or a
/// dictionary from text to values (STRUCT, MAP).
/// </param>
public sealed record AdapterTable(IReadOnlyList<AdapterColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);

/// <summary>A decimal number of more digits than <see cref="decimal"/> has.</summary>
/// <param name="Text">Its digits, with sign and point.</param>
public readonly record struct DecimalText(string Text);
