using Lakehouse.Engine;
using Lakehouse.Engine.Filters;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>Opens what a statement names, and runs queries.</summary>
internal sealed class RelationReader(LakeSessions sessions, SessionDatabase database, SessionScope scope)
{
    const int MaxDepth = 64;

    readonly Dictionary<string, (string Sql, string Schema)> macros = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<TableIdentifier, EngineException> broken = [];

    /// <summary>Takes note of a macro, whose tables are opened where it is called.</summary>
    public void Define(string name, string sql, string schema) => macros[name] = (sql, schema);

    /// <summary>Opens every table and view that a text may name.</summary>
    /// <returns>The tables, and the views in an order in which they can be made.</returns>
    public async Task<OpenedNames> OpenAsync(string sql, IReadOnlyList<SqlToken> tokens, string schema, CancellationToken cancellationToken)
    {
        broken.Clear();
        var opened = new OpenedNames();
        await OpenAsync(sql, tokens, schema, opened, depth: 0, cancellationToken);
        return opened;
    }

    /// <summary>Runs a query.</summary>
    public async Task<DuckDbResult> QueryAsync(DuckDbConnection connection, SqlStatement statement, string schema, CancellationToken cancellationToken)
    {
        RefuseRunningExplain(statement);
        var opened = await OpenAsync(statement.Script, statement.Tokens, schema, cancellationToken);
        var sql = InformationSchema.IsNamedIn(statement) ? await new InformationSchema(sessions, database, scope).RewriteAsync(statement, cancellationToken) : statement.InPlace((0, statement.Tokens.Count));
        await PruneAsync(opened, statement.Text, schema, cancellationToken);
        try
        {
            return await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        }
        catch (EngineException error) when (error.EngineKind == EngineErrorKind.Catalog && broken.Values.FirstOrDefault() is { } why)
        {
            throw new SessionException(error.Kind, $"{error.Message}\n{why.Message}", inner: error);
        }
    }

    public async Task<DuckDbResult> ShowAsync(DuckDbConnection connection, ShowStatement show, string schema, CancellationToken cancellationToken)
    {
        await new InformationSchema(sessions, database, scope).LoadAsync(withColumns: show.All, cancellationToken);
        return await connection.QueryAsync(InformationSchema.Show(show, schema), cancellationToken: cancellationToken);
    }

    /// <summary>Opens tables of many files again with only those that a query needs, as its plan over empty tables tells.</summary>
    public async Task PruneAsync(OpenedNames opened, string query, string schema, CancellationToken cancellationToken)
    {
        var tables = new List<(TableEntry Entry, LakeTable Table)>();
        var isWorth = false;
        foreach (var entry in opened.Tables)
        {
            var table = await entry.LoadAsync(scope.Lake, cancellationToken);
            tables.Add((entry, table));
            isWorth |= entry.Files is null && table.CurrentSnapshot?.SummaryNumber("total-data-files") >= sessions.Options.PruneFrom;
        }

        if (!isWorth)
        {
            return;
        }

        IReadOnlyList<TableUse> uses;
        try
        {
            var planned = tables.Select(t => new PlanningTable(t.Table.Identifier.Namespace, t.Table.Identifier.Name, t.Table.Schema) { Shape = relation => $"{EngineTypes.Shape(t.Table.Metadata, t.Table.Schema, relation)}" }).ToList();
            var catalog = SqlText.Identifier(sessions.Options.Database);
            var views = opened.Views.Select(v => $"CREATE SCHEMA IF NOT EXISTS {catalog}.{SqlText.Identifier(v.Identifier.Namespace)};\nUSE {catalog}.{SqlText.Identifier(v.Identifier.Namespace)};\nCREATE VIEW {catalog}.{SqlText.Identifier(v.Identifier.Namespace, v.Identifier.Name)} AS {v.Sql}");
            var use = $"CREATE SCHEMA IF NOT EXISTS {catalog}.{SqlText.Identifier(schema)};\nUSE {catalog}.{SqlText.Identifier(schema)}";
            uses = await new QueryPlanning(planned, sessions.Options.Database, [.. views, use]).PlanAsync(query, cancellationToken);
        }
        catch (LakehouseException)
        {
            // Temporary tables and the like are not there to plan with; running the query says what is wrong with it.
            return;
        }

        for (var i = 0; i < tables.Count; i++)
        {
            if (uses[i].Filter is { } filter && tables[i].Table.CurrentSnapshot?.SummaryNumber("total-data-files") is null or > 1)
            {
                await database.OpenAsync(scope.Lake, tables[i].Entry, uses[i].Filter, cancellationToken);
            }
        }
    }

    async Task<string> OpenAsync(string sql, IReadOnlyList<SqlToken> tokens, string schema, OpenedNames opened, int depth, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        foreach (var parts in NamesInSql.Of(sql, tokens))
        {
            if (parts.Count == 1 && macros.TryGetValue(parts[0], out var macro) && depth < MaxDepth && opened.Begin(macro.Sql))
            {
                keys.Add(await OpenAsync(macro.Sql, SqlTokens.Of(macro.Sql), macro.Schema, opened, depth + 1, cancellationToken));
            }

            foreach (var (ns, name) in Candidates(parts, schema))
            {
                if (name is null)
                {
                    if (scope.FindNamespace(ns) is { } known)
                    {
                        await database.EnsureSchemaAsync(known, cancellationToken);
                    }
                }
                else if (scope.Find(ns, name) is { } entry)
                {
                    keys.Add(await OpenAsync(entry, opened, depth, cancellationToken));
                }
                else
                {
                    await database.CloseAsync(ns, name, cancellationToken);
                }
            }
        }

        return string.Join('\n', keys);
    }

    async Task<string> OpenAsync(LakeEntry entry, OpenedNames opened, int depth, CancellationToken cancellationToken)
    {
        if (opened.Keys.TryGetValue(entry.Identifier, out var done))
        {
            return done;
        }

        opened.Keys[entry.Identifier] = "";
        if (depth > MaxDepth)
        {
            throw SessionException.Invalid($"Binder Error: views are nested more than {MaxDepth} deep at {entry.Identifier}");
        }

        await scope.MakeReadableAsync(entry.Identifier, cancellationToken);
        var current = scope.Find(entry.Identifier.Namespace, entry.Identifier.Name) ?? entry;
        var key = "";
        switch (current)
        {
            case TableEntry table:
                key = await database.OpenAsync(scope.Lake, table, null, cancellationToken);
                opened.Tables.Add(table);
                break;
            case DeltaEntry delta:
                key = await database.OpenAsync(scope.Lake, delta, cancellationToken);
                break;
            case ViewEntry view:
                var text = await view.LoadAsync(scope.Lake, cancellationToken);
                var below = await OpenAsync(text.Sql, SqlTokens.Of(text.Sql), text.DefaultNamespace, opened, depth + 1, cancellationToken);
                try
                {
                    key = await database.OpenAsync(view, text, below, cancellationToken);
                    opened.Views.Add((view.Identifier, text.Sql));
                }
                catch (EngineException error)
                {
                    // Whoever reads it is told; a word that only looks like its name is nobody's error.
                    broken[view.Identifier] = error;
                    await database.CloseAsync(view.Identifier.Namespace, view.Identifier.Name, cancellationToken);
                }

                break;
        }

        opened.Keys[entry.Identifier] = key;
        return key;
    }

    /// <summary>What a name may mean: a table with its namespace, or a namespace by itself.</summary>
    IEnumerable<(string Namespace, string? Name)> Candidates(IReadOnlyList<string> parts, string schema)
    {
        if (parts.Count > 1 && parts[0].Equals(sessions.Options.Database, StringComparison.OrdinalIgnoreCase))
        {
            yield return (parts[1], null);
            yield return parts.Count > 2 ? (parts[1], parts[2]) : (sessions.Options.DefaultSchema, parts[1]);
        }

        if (parts.Count > 1)
        {
            yield return (parts[0], null);
            yield return (parts[0], parts[1]);
        }

        yield return (schema, parts[0]);
    }

    /// <summary>EXPLAIN ANALYZE runs what it explains, and would run it on DuckDB's tables, not on those of the lake.</summary>
    static void RefuseRunningExplain(SqlStatement statement)
    {
        var cursor = new SqlCursor(statement);
        if (cursor.Take("EXPLAIN") && cursor.Take("ANALYZE") && cursor.IsAny("CREATE", "INSERT", "UPDATE", "DELETE", "MERGE", "DROP", "ALTER", "TRUNCATE"))
        {
            throw SessionException.Unsupported("EXPLAIN ANALYZE of a change; explain its query");
        }
    }
}

/// <summary>What was opened for a statement.</summary>
internal sealed class OpenedNames
{
    readonly HashSet<string> begun = new(StringComparer.Ordinal);

    /// <summary>What tells the state of each from others.</summary>
    public Dictionary<TableIdentifier, string> Keys { get; } = [];

    public List<TableEntry> Tables { get; } = [];

    public List<(TableIdentifier Identifier, string Sql)> Views { get; } = [];

    /// <summary>Whether a text comes for the first time.</summary>
    public bool Begin(string sql) => begun.Add(sql);
}
