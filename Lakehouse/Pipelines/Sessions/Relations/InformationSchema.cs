using System.Text;
using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Pipelines.Sessions.Statements;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>
/// What SQL asks of tables and columns: the information schema, <c>duckdb_tables()</c> and its kin, SHOW. DuckDB itself knows only what is open, and as views; here all of the lake stands beside what else there is.
/// </summary>
internal sealed class InformationSchema(LakeSessions sessions, SessionDatabase database, SessionScope scope)
{
    const string Place = "memory.lake_information";
    const int LoadedAtOnce = 8;

    static readonly string[] Tables = ["tables", "columns", "schemata"];
    static readonly string[] Functions = ["duckdb_tables", "duckdb_views", "duckdb_columns", "duckdb_schemas"];

    public static bool IsNamedIn(SqlStatement statement) => Places(statement).Any();

    /// <summary>The statement with the lake's own tables instead, which are brought up to date.</summary>
    public async Task<string> RewriteAsync(SqlStatement statement, CancellationToken cancellationToken)
    {
        var places = Places(statement).ToList();
        await LoadAsync(places.Any(p => p.Name is "columns" or "duckdb_columns" or "duckdb_tables"), cancellationToken);
        var sql = new StringBuilder();
        var at = 0;
        foreach (var (first, end, name) in places)
        {
            sql.Append(statement.Part(at, first)).Append(' ').Append(Place).Append('.').Append(name).Append(' ');
            at = end;
        }

        return sql.Append(statement.Part(at, statement.Tokens.Count)).ToString();
    }

    public static string Show(ShowStatement show, string schema) => show switch
    {
        { All: true } => $"""
            SELECT t.database_name AS database, t.schema_name AS schema, t.table_name AS name, list(c.column_name ORDER BY c.column_index) AS column_names, list(c.data_type ORDER BY c.column_index) AS column_types, t.temporary
            FROM {Place}.duckdb_tables AS t LEFT JOIN {Place}.duckdb_columns AS c USING (database_name, schema_name, table_name) GROUP BY ALL ORDER BY ALL
            """,
        { Schemas: true } => $"SELECT catalog_name AS database_name, schema_name FROM {Place}.schemata WHERE catalog_name <> 'system' ORDER BY ALL",
        _ => $"SELECT table_name AS name FROM {Place}.tables WHERE table_schema = {SqlText.Literal(schema)} OR table_type = 'LOCAL TEMPORARY' ORDER BY name",
    };

    public async Task LoadAsync(bool withColumns, CancellationToken cancellationToken)
    {
        var entries = scope.Entries();
        var relations = entries.Select(e => new Dictionary<string, object?> { ["schema_name"] = e.Identifier.Namespace, ["name"] = e.Identifier.Name, ["is_view"] = e is ViewEntry }).ToList();
        var columns = new List<Dictionary<string, object?>>();
        if (withColumns)
        {
            foreach (var chunk in entries.Chunk(LoadedAtOnce))
            {
                foreach (var found in await Task.WhenAll(chunk.Select(entry => ColumnsAsync(entry, cancellationToken))))
                {
                    columns.AddRange(found);
                }
            }
        }

        var main = database.Main;
        await main.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Place}", cancellationToken: cancellationToken);
        await main.ExecuteAsync(
            $"CREATE OR REPLACE TABLE {Place}.lake_relations AS SELECT unnest(from_json($1, '[{{\"schema_name\":\"VARCHAR\",\"name\":\"VARCHAR\",\"is_view\":\"BOOLEAN\",\"comment\":\"VARCHAR\"}}]'), recursive := true)", [JsonSerializer.Serialize(relations)], cancellationToken);
        await main.ExecuteAsync(
            $"CREATE OR REPLACE TABLE {Place}.lake_columns AS SELECT unnest(from_json($1, '[{{\"schema_name\":\"VARCHAR\",\"table_name\":\"VARCHAR\",\"column_name\":\"VARCHAR\",\"column_index\":\"INTEGER\",\"data_type\":\"VARCHAR\",\"is_nullable\":\"BOOLEAN\",\"comment\":\"VARCHAR\"}}]'), recursive := true)",
            [JsonSerializer.Serialize(columns)],
            cancellationToken);
        await main.ExecuteAsync($"CREATE OR REPLACE TABLE {Place}.lake_schemas AS SELECT unnest($1::VARCHAR[]) AS name", [scope.Namespaces().ToList()], cancellationToken);
        await main.ExecuteAsync(Views(SqlText.Literal(sessions.Options.Database)), cancellationToken: cancellationToken);
    }

    static string Views(string lake)
    {
        var others = $"NOT IN ({lake}, 'memory')";
        return $"""
            CREATE OR REPLACE VIEW {Place}.tables AS
              SELECT {lake} AS table_catalog, schema_name AS table_schema, name AS table_name, CASE WHEN is_view THEN 'VIEW' ELSE 'BASE TABLE' END AS table_type, CASE WHEN is_view THEN 'NO' ELSE 'YES' END AS is_insertable_into, 'NO' AS is_typed
              FROM {Place}.lake_relations UNION ALL BY NAME SELECT * FROM system.information_schema.tables WHERE table_catalog {others};
            CREATE OR REPLACE VIEW {Place}.columns AS
              SELECT {lake} AS table_catalog, schema_name AS table_schema, table_name, column_name, column_index AS ordinal_position, CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END AS is_nullable, data_type,
                CASE WHEN data_type LIKE 'DECIMAL(%' THEN regexp_extract(data_type, '\((\d+),', 1)::INTEGER ELSE {Precision("data_type")} END AS numeric_precision,
                CASE WHEN data_type LIKE 'DECIMAL(%' THEN regexp_extract(data_type, ',\s*(\d+)\)', 1)::INTEGER WHEN data_type IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT') THEN 0 END AS numeric_scale, comment AS COLUMN_COMMENT
              FROM {Place}.lake_columns UNION ALL BY NAME SELECT * FROM system.information_schema.columns WHERE table_catalog {others};
            CREATE OR REPLACE VIEW {Place}.schemata AS
              SELECT {lake} AS catalog_name, name AS schema_name, 'duckdb' AS schema_owner FROM {Place}.lake_schemas
              UNION ALL BY NAME SELECT {lake} AS catalog_name, 'information_schema' AS schema_name, 'duckdb' AS schema_owner UNION ALL BY NAME SELECT * FROM system.information_schema.schemata WHERE catalog_name {others};
            CREATE OR REPLACE VIEW {Place}.duckdb_tables AS
              SELECT {lake} AS database_name, schema_name, name AS table_name, comment, false AS internal, false AS temporary, (SELECT count(*) FROM {Place}.lake_columns AS c WHERE c.schema_name = r.schema_name AND c.table_name = r.name) AS column_count
              FROM {Place}.lake_relations AS r WHERE NOT is_view UNION ALL BY NAME SELECT * FROM duckdb_tables() WHERE database_name {others};
            CREATE OR REPLACE VIEW {Place}.duckdb_views AS
              SELECT {lake} AS database_name, schema_name, name AS view_name, comment, false AS internal, false AS temporary FROM {Place}.lake_relations WHERE is_view UNION ALL BY NAME SELECT * FROM duckdb_views() WHERE database_name {others};
            CREATE OR REPLACE VIEW {Place}.duckdb_columns AS
              SELECT {lake} AS database_name, schema_name, table_name, column_name, column_index, comment, false AS internal, is_nullable, data_type FROM {Place}.lake_columns
              UNION ALL BY NAME SELECT * FROM duckdb_columns() WHERE database_name {others};
            CREATE OR REPLACE VIEW {Place}.duckdb_schemas AS
              SELECT {lake} AS database_name, name AS schema_name, false AS internal FROM {Place}.lake_schemas UNION ALL BY NAME SELECT * FROM duckdb_schemas() WHERE database_name {others};
            """;
    }

    static string Precision(string type) => $"CASE {type} WHEN 'TINYINT' THEN 8 WHEN 'SMALLINT' THEN 16 WHEN 'INTEGER' THEN 32 WHEN 'BIGINT' THEN 64 WHEN 'HUGEINT' THEN 128 WHEN 'FLOAT' THEN 24 WHEN 'DOUBLE' THEN 53 END";

    async Task<IEnumerable<Dictionary<string, object?>>> ColumnsAsync(LakeEntry entry, CancellationToken cancellationToken)
    {
        switch (entry)
        {
            case TableEntry table:
                await scope.MakeReadableAsync(entry.Identifier, cancellationToken);
                var metadata = (await table.LoadAsync(scope.Lake, cancellationToken)).Metadata;
                return metadata.CurrentSchema.Fields.Select((f, i) => Column(entry, i, f.Name, EngineTypes.TypeOf(metadata, f), !f.Required, f.Doc));
            case ViewEntry view:
                var text = await view.LoadAsync(scope.Lake, cancellationToken);
                return text.Columns.Fields.Select((f, i) => Column(entry, i, f.Name, text.TypeOf(f), true, f.Doc));
            case DeltaEntry:
                var version = await sessions.Sources.DeltaAsync(scope.Lake, entry.Identifier, cancellationToken);
                return version.Snapshot.Schema.Fields.Select((f, i) => Column(entry, i, f.Name, Lakehouse.Engine.Delta.DeltaSqlTypes.Of(f.Type), true, null));
            default:
                return [];
        }
    }

    static Dictionary<string, object?> Column(LakeEntry entry, int index, string name, string type, bool isNullable, string? comment) => new()
    {
        ["schema_name"] = entry.Identifier.Namespace,
        ["table_name"] = entry.Identifier.Name,
        ["column_name"] = name,
        ["column_index"] = index + 1,
        ["data_type"] = type,
        ["is_nullable"] = isNullable,
        ["comment"] = comment,
    };

    /// <summary>Where the statement names them.</summary>
    static IEnumerable<(int First, int End, string Name)> Places(SqlStatement statement)
    {
        var (sql, tokens) = (statement.Script, statement.Tokens);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].IsName && i + 2 < tokens.Count && tokens[i].NameOf(sql).Equals("information_schema", StringComparison.OrdinalIgnoreCase) && tokens[i + 1].Is(sql, ".") && tokens[i + 2].IsName
                && Array.Find(Tables, t => t.Equals(tokens[i + 2].NameOf(sql), StringComparison.OrdinalIgnoreCase)) is { } table)
            {
                yield return (i > 1 && tokens[i - 1].Is(sql, ".") ? i - 2 : i, i + 3, table);
            }
            else if (i + 2 < tokens.Count && tokens[i + 1].Is(sql, "(") && tokens[i + 2].Is(sql, ")") && !(i > 0 && tokens[i - 1].Is(sql, ".")) && Array.Find(Functions, f => tokens[i].Is(sql, f)) is { } function)
            {
                yield return (i, i + 3, function);
            }
        }
    }
}
