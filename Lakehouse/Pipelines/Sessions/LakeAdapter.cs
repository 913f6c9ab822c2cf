using System.Globalization;
using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>
/// The lake as dbt's adapter: each node has a session of its own (<see cref="Use"/>), what runs outside of nodes shares one. Tables are those of the branch; their types are written as DuckDB writes them.
/// </summary>
/// <param name="sessions">Sessions on the branch.</param>
public sealed class LakeAdapter(LakeSessions sessions) : IAdapter, IAsyncDisposable
{
    const int RowsAtOnce = 20_000;

    readonly AsyncLocal<LakeSession?> current = new();
    readonly SemaphoreSlim opening = new(1);
    LakeSession? common;

    /// <summary>Has what runs from here on, in this flow and the threads that it starts, use a session.</summary>
    /// <param name="session">The session of a node; stays the caller's.</param>
    /// <returns>Ends it.</returns>
    public IDisposable Use(LakeSession session)
    {
        var before = current.Value;
        current.Value = session;
        return new Ended(() => current.Value = before);
    }

    /// <inheritdoc />
    public Task<AdapterResponse> ExecuteAsync(string sql, bool fetch, long? limit, CancellationToken cancellationToken) => RunAsync(async session =>
    {
        try
        {
            return await ExecuteAsync(session, sql, fetch, limit, cancellationToken);
        }
        catch (SessionException error) when (fetch && error.Kind == LakehouseErrorKind.Unsupported && error.Message.StartsWith("Unsupported: column ", StringComparison.Ordinal))
        {
            // An interval, for instance, which no table has: such a column is fetched as text.
            return await ExecuteAsync(session, await AsTextAsync(session, sql, cancellationToken), fetch, limit, cancellationToken);
        }
    }, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<AdapterColumn>> DescribeQueryAsync(string sql, CancellationToken cancellationToken) => RunAsync(session => DescribeAsync(session, sql, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListSchemasAsync(string database, CancellationToken cancellationToken) => RunAsync(
        async session =>
        {
            await RefreshAsync(session, cancellationToken);
            return IsLake(database) ? session.Scope.Namespaces() : [];
        },
        cancellationToken);

    /// <inheritdoc />
    public Task CreateSchemaAsync(string database, string schema, CancellationToken cancellationToken) =>
        RunAsync(session => session.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Name(database, schema)}", cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task DropSchemaAsync(string database, string schema, CancellationToken cancellationToken) =>
        RunAsync(session => session.ExecuteAsync($"DROP SCHEMA IF EXISTS {Name(database, schema)} CASCADE", cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<AdapterRelation>> ListRelationsAsync(string database, string schema, CancellationToken cancellationToken) => RunAsync<IReadOnlyList<AdapterRelation>>(
        async session =>
        {
            await RefreshAsync(session, cancellationToken);
            return !IsLake(database) ? [] : [.. session.Scope.Entries(schema).Select(entry => new AdapterRelation(
                new RelationName(sessions.Options.Database, entry.Identifier.Namespace, entry.Identifier.Name), entry is ViewEntry ? RelationKind.View : RelationKind.Table))];
        },
        cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<AdapterColumn>> GetColumnsAsync(RelationName relation, CancellationToken cancellationToken) => RunAsync(
        async session =>
        {
            try
            {
                return await DescribeAsync(session, $"SELECT * FROM {Name(relation)}", cancellationToken);
            }
            catch (SessionException missing) when (missing.EngineKind == EngineErrorKind.Catalog || missing.Kind == LakehouseErrorKind.NotFound)
            {
                return [];
            }
        },
        cancellationToken);

    /// <inheritdoc />
    public Task DropRelationAsync(AdapterRelation relation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(relation);
        return RunAsync(
            async session =>
            {
                await RefreshAsync(session, cancellationToken);
                var isView = relation.Name.Schema.Length == 0 ? relation.Kind == RelationKind.View : session.Scope.Find(relation.Name.Schema, relation.Name.Identifier) is ViewEntry;
                return await session.ExecuteAsync($"DROP {(isView ? "VIEW" : "TABLE")} IF EXISTS {Name(relation.Name)} CASCADE", cancellationToken);
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task RenameRelationAsync(AdapterRelation from, RelationName to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        return RunAsync(
            session => from.Name.Schema.Equals(to.Schema, StringComparison.OrdinalIgnoreCase)
                ? session.ExecuteAsync($"ALTER {(from.Kind == RelationKind.View ? "VIEW" : "TABLE")} {Name(from.Name)} RENAME TO {SqlText.Identifier(to.Identifier)}", cancellationToken)
                : throw SessionException.Unsupported($"renaming {from.Name} to {to}: a relation keeps its schema"),
            cancellationToken);
    }

    /// <inheritdoc />
    public Task TruncateRelationAsync(RelationName relation, CancellationToken cancellationToken) => RunAsync(session => session.ExecuteAsync($"TRUNCATE {Name(relation)}", cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task InsertRowsAsync(RelationName relation, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        return RunAsync(
            async session =>
            {
                // All rows become one change of the table, however many they are.
                var staged = $"lake_rows_{Guid.NewGuid():N}";
                await session.Connection.ExecuteAsync($"CREATE TEMP TABLE {staged} (r VARCHAR[])", cancellationToken: cancellationToken);
                try
                {
                    foreach (var chunk in rows.Chunk(RowsAtOnce))
                    {
                        var json = JsonSerializer.Serialize(chunk.Select(row => row.Select(AdapterRows.TextOf)));
                        await session.Connection.ExecuteAsync($"INSERT INTO {staged} SELECT unnest(from_json($1, '[[\"VARCHAR\"]]'))", [json], cancellationToken);
                    }

                    var names = string.Join(", ", columns.Select(c => SqlText.Identifier(c)));
                    var values = string.Join(", ", columns.Select((_, i) => $"r[{(i + 1).ToString(CultureInfo.InvariantCulture)}]"));
                    return await session.ExecuteAsync($"INSERT INTO {Name(relation)} ({names}) SELECT {values} FROM temp.{staged}", cancellationToken);
                }
                finally
                {
                    await session.Connection.ExecuteAsync($"DROP TABLE IF EXISTS temp.{staged}", cancellationToken: CancellationToken.None);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (common is { } session)
        {
            await session.DisposeAsync();
        }

        opening.Dispose();
    }

    static async Task<AdapterResponse> ExecuteAsync(LakeSession session, string sql, bool fetch, long? limit, CancellationToken cancellationToken)
    {
        await using var result = await session.QueryAsync(sql, cancellationToken);
        var table = fetch ? await AdapterRows.ReadAsync(result, limit, cancellationToken) : null;
        if (!fetch)
        {
            await foreach (var batch in result.ReadAsync(cancellationToken))
            {
                batch.Dispose();
            }
        }

        return new AdapterResponse("OK", result.Rows, table);
    }

    static async Task<IReadOnlyList<AdapterColumn>> DescribeAsync(LakeSession session, string sql, CancellationToken cancellationToken)
    {
        await using var result = await session.QueryAsync($"DESCRIBE {sql}", cancellationToken);
        var table = await AdapterRows.ReadAsync(result, null, cancellationToken);
        return [.. table.Rows.Select(row => new AdapterColumn((string)row[0]!, (string)row[1]!))];
    }

    static async Task<string> AsTextAsync(LakeSession session, string sql, CancellationToken cancellationToken)
    {
        var statements = Statements.SqlScript.Split(sql);
        var query = statements[^1].Text;
        if (statements.Count > 1)
        {
            throw SessionException.Unsupported("fetching a column such as an interval from the last of several statements; cast it to VARCHAR");
        }

        var columns = await DescribeAsync(session, query, cancellationToken);
        string[] unknown = ["INTERVAL", "TIME WITH TIME ZONE", "TIME_NS", "BIT", "BIGNUM", "GEOMETRY", "VARIANT"];
        var items = columns.Select((c, i) => Array.Exists(unknown, t => c.Type.Contains(t, StringComparison.Ordinal)) || c.Type.StartsWith("UNION", StringComparison.Ordinal)
            ? $"CAST(c{SqlText.Literal(i)} AS VARCHAR) AS {SqlText.Identifier(c.Name)}" : $"c{SqlText.Literal(i)} AS {SqlText.Identifier(c.Name)}");
        return $"SELECT {string.Join(", ", items)} FROM (\n{query}\n) AS q({string.Join(", ", columns.Select((_, i) => $"c{SqlText.Literal(i)}"))})";
    }

    bool IsLake(string database) => database.Length == 0 || database.Equals(sessions.Options.Database, StringComparison.OrdinalIgnoreCase);

    static string Name(RelationName name) => SqlText.Identifier([.. new[] { name.Database, name.Schema, name.Identifier }.Where(part => !string.IsNullOrEmpty(part))]);

    static string Name(string database, string schema) => SqlText.Identifier([.. new[] { database, schema }.Where(part => part.Length > 0)]);

    Task RefreshAsync(LakeSession session, CancellationToken cancellationToken) => session.InTransaction ? Task.CompletedTask : sessions.Names.RefreshAsync(cancellationToken);

    async Task<T> RunAsync<T>(Func<LakeSession, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            if (current.Value is { } own)
            {
                return await work(own);
            }

            await opening.WaitAsync(cancellationToken);
            try
            {
                return await work(common ??= await sessions.OpenAsync(cancellationToken));
            }
            finally
            {
                opening.Release();
            }
        }
        catch (LakehouseException error)
        {
            throw new PipelineException(PipelineErrorKind.Sql, error.Message, inner: error);
        }
    }

    sealed class Ended(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
