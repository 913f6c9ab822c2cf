using System.Text;
using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>
/// CHECK, UNIQUE and PRIMARY KEY of a table. DuckDB reads and enforces them itself: on an empty table of the same name and columns, through which new rows go on their way into files. NOT NULL is the lake's own, and costs nothing.
/// </summary>
internal static class TableConstraints
{
    /// <summary>The table property: a JSON list of constraints as SQL.</summary>
    public const string Property = "lakeaspire.constraints";

    const string Place = "lake_constraints";

    /// <summary>Reads the columns and constraints of a CREATE TABLE.</summary>
    public static async Task<TableContent> ReadAsync(LakeSession session, TableIdentifier table, string columns, CancellationToken cancellationToken)
    {
        var main = session.Database.Main;
        var name = Scratch(table);
        await main.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS memory.{Place}; CREATE OR REPLACE TABLE {name} {columns}", cancellationToken: cancellationToken);
        try
        {
            var described = await main.DescribeAsync($"SELECT * FROM {name}", cancellationToken);
            var nullable = new List<bool>();
            await foreach (var row in RowsAsync(main, $"SELECT column_name, column_default, is_nullable::VARCHAR FROM duckdb_columns() WHERE database_name = 'memory' AND schema_name = '{Place}' AND table_name = {SqlText.Literal(table.Name)} ORDER BY column_index", cancellationToken))
            {
                if (row[1] is { } value && !value.Equals("NULL", StringComparison.OrdinalIgnoreCase) && !value.StartsWith("CAST(NULL ", StringComparison.OrdinalIgnoreCase))
                {
                    throw SessionException.Unsupported($"the default {value} of column {row[0]} of table {table}: columns of the lake have none; name the value where rows are inserted");
                }

                nullable.Add(row[2] == "true");
            }

            var constraints = new List<string>();
            await foreach (var row in RowsAsync(main, $"SELECT constraint_type, constraint_text FROM duckdb_constraints() WHERE database_name = 'memory' AND schema_name = '{Place}' AND table_name = {SqlText.Literal(table.Name)} ORDER BY constraint_index", cancellationToken))
            {
                switch (row[0])
                {
                    case "NOT NULL":
                        break;
                    case "CHECK" or "UNIQUE" or "PRIMARY KEY":
                        constraints.Add(row[1]!);
                        break;
                    default:
                        throw SessionException.Unsupported($"the constraint {row[1]} of table {table}: NOT NULL, CHECK, UNIQUE and PRIMARY KEY are enforced, and no other");
                }
            }

            return new TableContent(described, [.. nullable.Select(n => !n)], Select: null, constraints.Count == 0 ? null : JsonSerializer.Serialize(constraints));
        }
        finally
        {
            await main.ExecuteAsync($"DROP TABLE IF EXISTS {name}", cancellationToken: CancellationToken.None);
        }
    }

    /// <summary>Whether new rows have to go through DuckDB's constraints.</summary>
    public static bool Any(LakeTable table) => table.Metadata.Properties.ContainsKey(Property);

    /// <summary>Proves rows against the constraints of their table.</summary>
    /// <param name="session">The session.</param>
    /// <param name="table">The table.</param>
    /// <param name="kept">Rows that stay, as a relation; null when there are none.</param>
    /// <param name="added">Query of the rows that come, in the table's columns; run once.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>A query of the rows that came, and the name of the table to drop when they are written.</returns>
    /// <exception cref="EngineException">One does not hold.</exception>
    public static async Task<(string Select, string Scratch)> ProveAsync(LakeSession session, LakeTable table, string? kept, string added, CancellationToken cancellationToken)
    {
        var constraints = JsonSerializer.Deserialize<List<string>>(table.Metadata.Properties[Property]) ?? [];
        var columns = table.Schema.Fields.Select(f => $"{SqlText.Identifier(f.Name)} {EngineTypes.TypeOf(table.Metadata, f)}{(f.Required ? " NOT NULL" : "")}");
        var (name, connection) = (Scratch(table.Identifier), session.Connection);
        await connection.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS memory.{Place}; CREATE OR REPLACE TABLE {name} ({string.Join(", ", columns.Concat(constraints))})", cancellationToken: cancellationToken);
        try
        {
            var before = 0L;
            if (kept is not null && constraints.Exists(c => !c.StartsWith("CHECK", StringComparison.OrdinalIgnoreCase)))
            {
                before = await connection.ExecuteAsync($"INSERT INTO {name} BY NAME {kept}", cancellationToken: cancellationToken);
            }

            await connection.ExecuteAsync($"INSERT INTO {name} BY NAME {added}", cancellationToken: cancellationToken);
            return ($"SELECT * FROM {name} WHERE rowid >= {SqlText.Literal(before)}", name);
        }
        catch
        {
            await connection.ExecuteAsync($"DROP TABLE IF EXISTS {name}", cancellationToken: CancellationToken.None);
            throw;
        }
    }

    static string Scratch(TableIdentifier table) => SqlText.Identifier("memory", Place, table.Name);

    static async IAsyncEnumerable<string?[]> RowsAsync(DuckDbConnection connection, string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    yield return [.. batch.Columns.Select(c => c.IsNull(row) ? null : Encoding.UTF8.GetString(c.Bytes(row)))];
                }
            }
        }
    }
}
