using Lakehouse.Engine;
using Lakehouse.Formats.Columns;

namespace LakeAspire.Query.Parsing;

/// <summary>
/// The functions that a query may call: an allow-list. Of table functions the few that make rows out of their arguments; of the others all that this DuckDB has, less those that reach settings, logs, the
/// environment, prepared plans or time itself. What is not known is not allowed.
/// </summary>
internal sealed class AllowedFunctions
{
    static readonly HashSet<string> Tables = new(StringComparer.OrdinalIgnoreCase) { "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "generate_subscripts", "regexp_split_to_table" };

    /// <summary>Table functions in DuckDB's sense are not among these: they are refused unless listed above.</summary>
    static readonly HashSet<string> Denied = new(StringComparer.OrdinalIgnoreCase)
    {
        "current_setting", "getvariable", "getenv", "write_log", "parse_duckdb_log_message", "sleep_ms", "pg_sleep", "setseed", "nextval", "currval", "in_search_path", "vector_type", "stats",
        "current_query", "current_query_id", "current_connection_id", "current_transaction_id", "txid_current", "current_schemas", "version",
        "json_serialize_sql", "json_deserialize_sql", "json_serialize_plan", "json_execute_serialized_sql", "query", "query_table",
        "get_block_size", "pg_conf_load_time", "pg_postmaster_start_time", "inet_client_addr", "inet_client_port", "inet_server_addr", "inet_server_port",
    };

    // A macro that holds a query looks into DuckDB's own tables: pg_get_viewdef would show what a view over a table hides, and how.
    const string Internal = """
        SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro') AND internal
            AND function_name NOT IN (SELECT function_name FROM duckdb_functions() WHERE function_type = 'macro' AND regexp_matches(macro_definition, '\b(select|from|duckdb_\w+|pragma_\w+|current_setting|getvariable)\b', 'i'))
        """;

    readonly HashSet<string> scalars;

    AllowedFunctions(HashSet<string> scalars) => this.scalars = scalars;

    public static async Task<AllowedFunctions> LoadAsync(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        var scalars = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        await using var result = await connection.QueryAsync(Internal, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                AddAll(batch, scalars);
            }
        }

        scalars.ExceptWith(Denied);
        return new AllowedFunctions(scalars);
    }

    public bool AllowsTable(string name) => Tables.Contains(name);

    public bool Allows(string name) => scalars.Contains(name) || Tables.Contains(name);

    static void AddAll(ColumnBatch batch, HashSet<string> names)
    {
        for (var row = 0; row < batch.RowCount; row++)
        {
            var name = System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row));

            // Internal functions reach into DuckDB itself.
            if (!name.StartsWith("__internal", StringComparison.Ordinal) && !name.StartsWith("duckdb_", StringComparison.Ordinal) && !name.StartsWith("pragma_", StringComparison.Ordinal))
            {
                names.Add(name);
            }
        }
    }
}
