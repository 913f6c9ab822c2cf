using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>
/// A session of SQL on the lake, as a connection is to a database: DuckDB's SQL, whose tables without TEMP are Iceberg tables of the branch. For one caller at a time. Temporary tables and settings are the session's own, and no part of its
/// transactions. The SQL is trusted: it runs with all rights of the process.
/// </summary>
public sealed class LakeSession : IAsyncDisposable
{
    readonly LakeSessions sessions;
    readonly SessionDatabase database;
    readonly SessionScope scope;
    readonly HashSet<string> temporary = new(StringComparer.OrdinalIgnoreCase);

    LakeSession(LakeSessions sessions, SessionDatabase database, DuckDbConnection connection)
    {
        this.sessions = sessions;
        this.database = database;
        Connection = connection;
        scope = new SessionScope(sessions);
        DefaultSchema = sessions.Options.DefaultSchema;
        LayoutOf = sessions.Options.LayoutOf;
        Reader = new RelationReader(sessions, database, scope);
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => scope.InTransaction;

    /// <summary>Namespace of names without one.</summary>
    public string DefaultSchema { get; private set; }

    /// <summary>Layout of tables that the session creates or replaces; that of the options by default.</summary>
    public Func<TableIdentifier, TableLayout?>? LayoutOf { get; set; }

    internal DuckDbConnection Connection { get; }

    internal LakeSessions Sessions => sessions;

    internal SessionScope Scope => scope;

    internal RelationReader Reader { get; }

    internal SessionDatabase Database => database;

    /// <summary>Runs a text of statements, and throws rows away.</summary>
    /// <returns>What the last of them did.</returns>
    /// <exception cref="SessionException">One of them fails; those before it are done.</exception>
    public async Task<SessionResult> ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var result = await QueryAsync(sql, cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            batch.Dispose();
        }

        return new SessionResult(result.Command, result.Rows);
    }

    /// <summary>Runs a text of statements, and gives the rows of the last one if it has some.</summary>
    /// <exception cref="SessionException">One of them fails; those before it are done.</exception>
    public async Task<SessionResult> QueryAsync(string sql, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        var statements = SqlScript.Split(sql);
        if (statements.Count == 0)
        {
            return new SessionResult("", null);
        }

        for (var i = 0; ; i++)
        {
            var result = await PlacedAsync(() => RunAsync(statements[i], Placing(statements[i], i), cancellationToken), statements[i], i);
            if (i == statements.Count - 1)
            {
                return result;
            }

            await using (result)
            {
                await foreach (var batch in result.ReadAsync(cancellationToken))
                {
                    batch.Dispose();
                }
            }
        }
    }

    /// <summary>Names and types of the columns that a query would give, without running it.</summary>
    /// <exception cref="SessionException">It is not valid.</exception>
    public async Task<IReadOnlyList<ResultColumn>> DescribeAsync(string sql, CancellationToken cancellationToken = default)
    {
        var statement = SqlScript.Split(sql) is [var one] ? one : throw SessionException.Invalid("Invalid Input Error: one query is expected");
        return await PlacedAsync(
            async () =>
            {
                await BeginStatementAsync(cancellationToken);
                await Reader.OpenAsync(sql, statement.Tokens, DefaultSchema, cancellationToken);
                return await Connection.DescribeAsync(statement.InPlace((0, statement.Tokens.Count)), cancellationToken);
            },
            statement,
            0);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await scope.DisposeAsync();
        Connection.Dispose();
        sessions.Return(database);
    }

    internal static async Task<LakeSession> OpenAsync(LakeSessions sessions, SessionDatabase database, CancellationToken cancellationToken)
    {
        await database.EnsureSchemaAsync(sessions.Options.DefaultSchema, cancellationToken);
        var connection = database.Connect();
        try
        {
            await connection.ExecuteAsync($"USE {SqlText.Identifier(sessions.Options.Database, sessions.Options.DefaultSchema)}", cancellationToken: cancellationToken);
            return new LakeSession(sessions, database, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The table that a name means.</summary>
    internal TableIdentifier Resolve(SqlName name)
    {
        var parts = name.Parts;
        var isLake = parts.Count > 1 && parts[0].Equals(sessions.Options.Database, StringComparison.OrdinalIgnoreCase);
        var (ns, table) = parts.Count switch
        {
            1 => (DefaultSchema, parts[0]),
            2 when isLake && scope.FindNamespace(parts[0]) is null => (sessions.Options.DefaultSchema, parts[1]),
            2 => (parts[0], parts[1]),
            3 when isLake => (parts[1], parts[2]),
            _ => throw SessionException.Invalid($"Catalog Error: {name} is not in the lake: its database is called {sessions.Options.Database}"),
        };
        return scope.Find(ns, table)?.Identifier ?? new TableIdentifier(scope.FindNamespace(ns) ?? ns, table);
    }

    /// <summary>The namespace that a name means.</summary>
    internal string ResolveSchema(SqlName name)
    {
        var isLake = name.Parts[0].Equals(sessions.Options.Database, StringComparison.OrdinalIgnoreCase);
        var ns = name.Parts switch
        {
            [var only] => only,
            [_, var second] when isLake => second,
            _ => throw SessionException.Invalid($"Catalog Error: {name} is not in the lake: its database is called {sessions.Options.Database}"),
        };
        return scope.FindNamespace(ns) ?? ns;
    }

    /// <summary>Looks at the branch again where others may write to it, and makes what other sessions define for all.</summary>
    async Task BeginStatementAsync(CancellationToken cancellationToken)
    {
        if (!scope.InTransaction)
        {
            await sessions.Names.RefreshAsync(cancellationToken);
        }

        foreach (var definition in sessions.DefinitionsFrom(database.Definitions))
        {
            database.Definitions++;
            await database.EnsureSchemaAsync(definition.Schema, cancellationToken);
            await Reader.OpenAsync(definition.Sql, SqlTokens.Of(definition.Sql), definition.Schema, cancellationToken);
            await database.Main.ExecuteAsync($"USE {SqlText.Identifier(sessions.Options.Database, definition.Schema)}", cancellationToken: cancellationToken);
            try
            {
                await database.Main.ExecuteAsync(definition.Sql, cancellationToken: cancellationToken);
            }
            catch (EngineException)
            {
                // It stood on what the session that made it has alone, such as a temporary table.
            }
            finally
            {
                await database.Main.ExecuteAsync("USE memory", cancellationToken: CancellationToken.None);
            }
        }
    }

    async Task<SessionResult> RunAsync(SqlStatement statement, Func<Exception, Exception> place, CancellationToken cancellationToken)
    {
        var read = new StatementReader(statement, temporary.Contains).Read();
        if (scope.IsAborted && read is not (RollbackStatement or CommitStatement))
        {
            throw SessionException.Invalid("TransactionContext Error: Current transaction is aborted (please ROLLBACK)");
        }

        await BeginStatementAsync(cancellationToken);
        try
        {
            switch (read)
            {
                case BeginStatement:
                    scope.Begin($"transaction of {sessions.Options.Author}");
                    return new SessionResult("BEGIN", null);
                case CommitStatement:
                    await scope.CommitAsync(cancellationToken);
                    return new SessionResult("COMMIT", null);
                case RollbackStatement:
                    await scope.RollbackAsync();
                    return new SessionResult("ROLLBACK", null);
                case UseStatement use:
                    return await UseAsync(use, cancellationToken);
                case QueryStatement:
                    return new SessionResult(await Reader.QueryAsync(Connection, statement, DefaultSchema, cancellationToken), place);
                case ShowStatement show:
                    return new SessionResult(await Reader.ShowAsync(Connection, show, show.Schema is null ? DefaultSchema : ResolveSchema(show.Schema), cancellationToken), place);
                case LocalStatement local:
                    return await LocalAsync(statement, local, place, cancellationToken);
                default:
                    return await Writing.StatementWriter.RunAsync(this, statement, read, cancellationToken);
            }
        }
        catch when (scope.InTransaction && read is not (BeginStatement or CommitStatement or RollbackStatement))
        {
            scope.IsAborted = true;
            throw;
        }
    }

    async Task<SessionResult> UseAsync(UseStatement use, CancellationToken cancellationToken)
    {
        var ns = use.Name.Parts is [var database] && database.Equals(sessions.Options.Database, StringComparison.OrdinalIgnoreCase) && scope.FindNamespace(database) is null
            ? sessions.Options.DefaultSchema
            : ResolveSchema(use.Name);
        if (scope.FindNamespace(ns) is null && ns != sessions.Options.DefaultSchema)
        {
            throw SessionException.Invalid($"Catalog Error: SET schema: No catalog + schema named \"{ns}\" found.");
        }

        await this.database.EnsureSchemaAsync(ns, cancellationToken);
        await Connection.ExecuteAsync($"USE {SqlText.Identifier(sessions.Options.Database, ns)}", cancellationToken: cancellationToken);
        DefaultSchema = ns;
        return new SessionResult("USE", null);
    }

    async Task<SessionResult> LocalAsync(SqlStatement statement, LocalStatement local, Func<Exception, Exception> place, CancellationToken cancellationToken)
    {
        // Settings, such as PRAGMA table_info, may give rows.
        var result = await Reader.QueryAsync(Connection, statement, DefaultSchema, cancellationToken);
        if (local.TemporaryGone is { } gone)
        {
            temporary.Remove(gone);
        }

        if (local.TemporaryMade is { } made)
        {
            temporary.Add(made);
        }

        if (local.Shared is { } name)
        {
            sessions.Define(new SharedDefinition(name, OrReplace(statement), DefaultSchema));
            Reader.Define(name, statement.Text, DefaultSchema);
        }

        return new SessionResult(result, place);
    }

    /// <summary>The statement so that it may be run where the thing is there already.</summary>
    static string OrReplace(SqlStatement statement)
    {
        var second = statement.Tokens[1];
        return second.Is(statement.Script, "OR") || statement.Text.Contains("IF NOT EXISTS", StringComparison.OrdinalIgnoreCase) || second.Is(statement.Script, "SECRET")
            ? statement.Text
            : $"CREATE OR REPLACE {statement.Part(1, statement.Tokens.Count)}";
    }

    Func<Exception, Exception> Placing(SqlStatement statement, int index) => error => error is LakehouseException known ? SessionException.At(known, index + 1, statement.Line) : error;

    async Task<T> PlacedAsync<T>(Func<Task<T>> work, SqlStatement statement, int index)
    {
        try
        {
            return await work();
        }
        catch (LakehouseException error)
        {
            throw Placing(statement, index)(error);
        }
    }
}
