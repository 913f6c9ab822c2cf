using System.Globalization;
using System.Numerics;
using Lakehouse.Engine;
using Lakehouse.Pipelines.Context;

namespace Lakehouse.Pipelines.Tests;

/// <summary>An adapter over a DuckDB in memory, in which the database is called <c>lake</c>: what dbt itself runs on.</summary>
internal sealed class DuckDbAdapter : IAdapter, IDisposable
{
    readonly DuckDbDatabase database = DuckDbDatabase.Open();
    readonly DuckDbConnection connection;

    DuckDbAdapter() => connection = database.Connect();

    /// <summary>The statements that were run, in order.</summary>
    public List<string> Statements { get; } = [];

    public static async Task<DuckDbAdapter> OpenAsync()
    {
        var adapter = new DuckDbAdapter();
        await adapter.connection.ExecuteAsync("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake; USE lake.main");
        return adapter;
    }

    public async Task<AdapterResponse> ExecuteAsync(string sql, bool fetch, long? limit, CancellationToken cancellationToken)
    {
        Statements.Add(sql);
        try
        {
            var query = sql.Trim().TrimEnd(';');
            if (fetch && query.Length > 0 && IsQuery(query))
            {
                var table = await QueryAsync(limit is { } most ? $"SELECT * FROM ({query}\n) LIMIT {most}" : query, cancellationToken);
                return new AdapterResponse("OK", null, table);
            }

            return new AdapterResponse("OK", query.Length == 0 ? 0 : await connection.ExecuteAsync(query, cancellationToken: cancellationToken), fetch ? new AdapterTable([], []) : null);
        }
        catch (EngineException error)
        {
            throw new PipelineException(PipelineErrorKind.Sql, error.Message, inner: error);
        }
    }

    static bool IsQuery(string sql)
    {
        var start = sql;
        while (start.StartsWith("--", StringComparison.Ordinal))
        {
            start = start[(start.IndexOf('\n', StringComparison.Ordinal) + 1)..].TrimStart();
        }

        return new[] { "select", "with", "from", "values", "(" }.Any(w => start.StartsWith(w, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The rows of a query, each as its values' texts with bars between.</summary>
    public async Task<List<string>> RowsAsync(string sql) => [.. (await QueryAsync(sql, CancellationToken.None)).Rows.Select(r => string.Join('|', r.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))))];

    async Task<AdapterTable> QueryAsync(string sql, CancellationToken cancellationToken)
    {
        var columns = await DescribeQueryAsync(sql, cancellationToken);
        var rows = new List<IReadOnlyList<object?>>();
        var names = string.Join(", ", columns.Select((_, i) => $"c{i}"));
        var casts = string.Join(", ", columns.Select((_, i) => $"CAST(c{i} AS VARCHAR)"));
        await using var result = await connection.QueryAsync($"SELECT {casts} FROM ({sql}\n) AS q({names})", cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add([.. columns.Select((c, i) => batch.Columns[i].IsNull(row) ? null : Value(c.Type, System.Text.Encoding.UTF8.GetString(batch.Columns[i].Bytes(row))))]);
                }
            }
        }

        return new AdapterTable(columns, rows);
    }

    static object? Value(string type, string text) => type.Split('(')[0] switch
    {
        "BOOLEAN" => text == "true",
        "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" => long.Parse(text, CultureInfo.InvariantCulture),
        "HUGEINT" or "UBIGINT" or "UHUGEINT" => BigInteger.Parse(text, CultureInfo.InvariantCulture),
        "DECIMAL" => decimal.Parse(text, CultureInfo.InvariantCulture),
        "FLOAT" or "DOUBLE" => double.Parse(text, CultureInfo.InvariantCulture),
        "DATE" => DateOnly.Parse(text, CultureInfo.InvariantCulture),
        "TIMESTAMP" => DateTime.Parse(text, CultureInfo.InvariantCulture),
        "TIMESTAMP WITH TIME ZONE" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };

    public async Task<IReadOnlyList<AdapterColumn>> DescribeQueryAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await connection.DescribeAsync(sql.Trim().TrimEnd(';'), cancellationToken)).Select(c => new AdapterColumn(c.Name, c.DuckDbType))];
        }
        catch (EngineException error)
        {
            throw new PipelineException(PipelineErrorKind.Sql, error.Message, inner: error);
        }
    }

    async Task<List<string[]>> TextsAsync(string sql, CancellationToken cancellationToken) =>
        [.. (await QueryAsync(sql, cancellationToken)).Rows.Select(r => r.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? "").ToArray())];

    public async Task<IReadOnlyList<string>> ListSchemasAsync(string database, CancellationToken cancellationToken) =>
        [.. (await TextsAsync($"SELECT DISTINCT schema_name FROM duckdb_schemas() WHERE database_name = {SqlText.Literal(database)}", cancellationToken)).Select(r => r[0])];

    public Task CreateSchemaAsync(string database, string schema, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS \"{database}\".\"{schema}\"", cancellationToken: cancellationToken);

    public Task DropSchemaAsync(string database, string schema, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"DROP SCHEMA IF EXISTS \"{database}\".\"{schema}\" CASCADE", cancellationToken: cancellationToken);

    public async Task<IReadOnlyList<AdapterRelation>> ListRelationsAsync(string database, string schema, CancellationToken cancellationToken) =>
        [.. (await TextsAsync($"SELECT table_name, table_type FROM information_schema.tables WHERE table_catalog = {SqlText.Literal(database)} AND lower(table_schema) = lower({SqlText.Literal(schema)})", cancellationToken))
            .Select(r => new AdapterRelation(new RelationName(database, schema, r[0]), r[1] == "VIEW" ? RelationKind.View : RelationKind.Table))];

    public async Task<IReadOnlyList<AdapterColumn>> GetColumnsAsync(RelationName relation, CancellationToken cancellationToken) => await DescribeQueryAsync($"SELECT * FROM {relation}", cancellationToken);

    public Task DropRelationAsync(AdapterRelation relation, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"DROP {relation.Kind} IF EXISTS {relation.Name}", cancellationToken: cancellationToken);

    public Task RenameRelationAsync(AdapterRelation from, RelationName to, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"ALTER {from.Kind} {from.Name} RENAME TO \"{to.Identifier}\"", cancellationToken: cancellationToken);

    public Task TruncateRelationAsync(RelationName relation, CancellationToken cancellationToken) => connection.ExecuteAsync($"DELETE FROM {relation}", cancellationToken: cancellationToken);

    public async Task InsertRowsAsync(RelationName relation, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> rows, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", columns.Select(c => $"\"{c}\""));
        foreach (var row in rows)
        {
            var values = string.Join(", ", row.Select(v => v is null ? "NULL" : SqlText.Literal(v switch
            {
                DecimalText number => number.Text,
                DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
                DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
                _ => Convert.ToString(v, CultureInfo.InvariantCulture)!,
            })));
            await connection.ExecuteAsync($"INSERT INTO {relation} ({names}) VALUES ({values})", cancellationToken: cancellationToken);
        }
    }

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }
}
