using System.Text;
using System.Text.RegularExpressions;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Filters;

/// <summary>A table that a query may name.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Schema">Its columns.</param>
public sealed record PlanningTable(string Namespace, string Name, Schema Schema)
{
    /// <summary>DuckDB's types of the columns where they are others than the schema's own, which filters are brought to; null for those.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>The catalog that it lies in, where that is another than the planning's own.</summary>
    public string? Catalog { get; init; }

    /// <summary>What queries see of it, as SQL: given that of a relation of its columns, gives that of the one which goes by its name. Null when they see the table itself.</summary>
    public Func<string, string>? Shape { get; init; }

    internal string TypeOf(int column) => Types?[column] ?? SqlTypes.Of(Schema.Fields[column].Type);
}

/// <summary>What a query needs of a table.</summary>
/// <param name="Filter">Every row that matters to the query passes it; null when all may matter.</param>
/// <param name="Columns">Top-level columns that are read, filters aside; null when that is not known.</param>
public sealed record TableUse(Expression? Filter, IReadOnlyList<string>? Columns);

/// <summary>
/// Learns from DuckDB's optimizer what a query needs of each table, before any file is opened: the query is planned over empty tables of the same columns, in a database of its own, and the plan says what would be pushed down to each scan.
/// A table that is scanned several times needs what any of the scans needs.
/// </summary>
public sealed partial class QueryPlanning
{
    // Statistics and emptiness of empty tables would fold the plan away; a second scan by row ids would come without a filter.
    const string DisabledOptimizers = "statistics_propagation,empty_result_pullup,late_materialization";

    readonly IReadOnlyList<PlanningTable> tables;

    // Plans print names of columns without quotes. Names that nobody else can know can't be confused with others; the view on top gives the real ones.
    readonly string mark = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Prepares for queries over some tables.</summary>
    /// <param name="tables">All tables that a query names.</param>
    /// <param name="catalog">Name of the catalog, which queries may put before a namespace.</param>
    /// <param name="views">Further views that queries name, as SQL statements that create them; they run when the tables are there.</param>
    /// <exception cref="Formats.LakehouseException">Unsupported: the engine has no type for a column.</exception>
    public QueryPlanning(IReadOnlyList<PlanningTable> tables, string catalog = "lake", IEnumerable<string>? views = null)
    {
        this.tables = tables;
        Setup = Statements(catalog, views ?? []);
    }

    /// <summary>What is run in an empty database before <see cref="Explain"/>: SQL statements. They change the database's settings.</summary>
    public string Setup { get; }

    /// <summary>The statement whose result <see cref="ReadAsync"/> takes. Its second column has the plan.</summary>
    public static string Explain(string sql) => "EXPLAIN (FORMAT json) " + sql;

    /// <summary>Plans a query in a database of this process. Not for the queries of strangers: planning computes their constants.</summary>
    /// <param name="sql">One SELECT.</param>
    /// <param name="cancellationToken">Cancels the call, though not while DuckDB plans.</param>
    /// <exception cref="EngineException">DuckDB refuses the query.</exception>
    public async Task<IReadOnlyList<TableUse>> PlanAsync(string sql, CancellationToken cancellationToken = default)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await connection.ExecuteAsync(Setup, cancellationToken: cancellationToken);
        return await ReadAsync(connection, await ExplainAsync(connection, sql, cancellationToken), cancellationToken);
    }

    /// <summary>The plan of a query, on a connection where <see cref="Setup"/> was run.</summary>
    /// <exception cref="EngineException">DuckDB refuses the query.</exception>
    public static async Task<string> ExplainAsync(DuckDbConnection connection, string sql, CancellationToken cancellationToken = default)
    {
        var plan = new StringBuilder();
        await using var result = await connection.QueryAsync(Explain(sql), cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    plan.Append(Encoding.UTF8.GetString(batch.Columns[1].Bytes(row)));
                }
            }
        }

        return plan.ToString();
    }

    /// <summary>What the plan of a query says of each table, in the order of the tables.</summary>
    /// <param name="connection">A trusted connection, of any database; parses texts of the plan.</param>
    /// <param name="plan">The plan as <see cref="Explain"/> gave it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<TableUse>> ReadAsync(DuckDbConnection connection, string plan, CancellationToken cancellationToken = default)
    {
        var scans = PlanScans.Read(plan);
        var uses = new List<TableUse>();
        for (var i = 0; i < tables.Count; i++)
        {
            var mine = scans.Where(scan => scan.Table.EndsWith(TableName(i), StringComparison.Ordinal)).ToList();
            uses.Add(mine.Count == 0 ? new TableUse(null, null) : await UseOfAsync(connection, i, mine, cancellationToken));
        }

        return uses;
    }

    async Task<TableUse> UseOfAsync(DuckDbConnection connection, int table, List<PlanScan> scans, CancellationToken cancellationToken)
    {
        var columns = new PlanColumns(tables[table].Schema, name => Position(name, tables[table].Schema.Fields.Count));
        var filters = new List<Expression>();
        foreach (var scan in scans)
        {
            var known = new List<Expression>();
            foreach (var text in columns.ArePrintable ? scan.Filters : [])
            {
                if (await SqlFilter.ReadAsync(connection, text, new SqlPredicates(columns.Find, isComplete: true), cancellationToken) is { } filter)
                {
                    known.Add(filter);
                }
            }

            filters.Add(Expression.AllOf(known));
        }

        var named = scans.SelectMany(scan => scan.Columns).ToList();
        var read = named.Select(columns.TopLevel).OfType<string>().ToList();
        return new TableUse(Expression.AnyOf(filters) is var any && any == Expression.True ? null : any, read.Count < named.Count ? null : [.. read.Distinct(StringComparer.Ordinal)]);
    }

    string Statements(string catalog, IEnumerable<string> views)
    {
        var statements = new List<string> { $"SET disabled_optimizers = {SqlText.Literal(DisabledOptimizers)}", $"ATTACH ':memory:' AS {SqlText.Identifier(catalog)}", $"USE {SqlText.Identifier(catalog)}" };
        statements.AddRange(tables.Select(table => table.Catalog).OfType<string>().Where(name => name != catalog).Distinct(StringComparer.Ordinal).Select(name => $"ATTACH ':memory:' AS {SqlText.Identifier(name)}"));
        statements.AddRange(tables.Select(table => SqlText.Identifier(table.Catalog ?? catalog, table.Namespace)).Distinct(StringComparer.OrdinalIgnoreCase).Select(name => $"CREATE SCHEMA IF NOT EXISTS {name}"));
        for (var i = 0; i < tables.Count; i++)
        {
            var fields = tables[i].Schema.Fields;
            statements.Add($"CREATE TABLE memory.main.{TableName(i)} ({string.Join(", ", fields.Select((field, at) => $"{ColumnName(at)} {tables[i].TypeOf(at)}"))})");
            var columns = $"SELECT {string.Join(", ", fields.Select((field, at) => $"{ColumnName(at)} AS {SqlText.Identifier(field.Name)}"))} FROM memory.main.{TableName(i)}";
            statements.Add($"CREATE VIEW {SqlText.Identifier(tables[i].Catalog ?? catalog, tables[i].Namespace, tables[i].Name)} AS {(tables[i].Shape is { } shape ? shape($"({columns})") : columns)}");
        }

        return string.Join(";\n", statements.Concat(views));
    }

    string TableName(int index) => $"t{SqlText.Literal(index)}_{mark}";

    string ColumnName(int index) => $"c{SqlText.Literal(index)}_{mark}";

    int? Position(string name, int count) => PlanName().Match(name) is { Success: true } match && match.Groups["mark"].Value == mark && int.Parse(match.Groups["at"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) is var at && at < count ? at : null;

    [GeneratedRegex("^c(?<at>[0-9]{1,6})_(?<mark>[0-9a-f]{12})\\z", RegexOptions.None, 1000)]
    private static partial Regex PlanName();
}
