using System.Globalization;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>
/// The engine of one session at a time: a DuckDB in memory, in which tables and views of the lake are views, made when a statement first names them and again when they have changed. What sessions before have opened stays.
/// </summary>
internal sealed class SessionDatabase : IDisposable
{
    readonly DuckDbDatabase database;
    readonly DuckDbConnection main;
    readonly string catalog;
    readonly RelationSources sources;
    readonly Dictionary<string, string> opened = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> schemas = new(StringComparer.OrdinalIgnoreCase);

    SessionDatabase(DuckDbDatabase database, string catalog, RelationSources sources)
    {
        this.database = database;
        this.catalog = catalog;
        this.sources = sources;
        main = database.Connect();
    }

    /// <summary>How many of the definitions that sessions share are made here.</summary>
    public int Definitions { get; set; }

    /// <summary>Connection for what is not the session's own.</summary>
    public DuckDbConnection Main => main;

    public static async Task<SessionDatabase> OpenAsync(SessionOptions options, RelationSources sources, CancellationToken cancellationToken)
    {
        var database = DuckDbDatabase.Open(new DuckDbOptions { MemoryLimit = options.MemoryLimit, Threads = options.Threads, TempFolder = options.ScratchFolder });
        var opened = new SessionDatabase(database, options.Database, sources);
        try
        {
            await opened.main.ExecuteAsync($"ATTACH ':memory:' AS {SqlText.Identifier(options.Database)}", cancellationToken: cancellationToken);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public DuckDbConnection Connect() => database.Connect();

    public async Task EnsureSchemaAsync(string ns, CancellationToken cancellationToken)
    {
        if (schemas.Add(ns))
        {
            await main.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {SqlText.Identifier(catalog, ns)}", cancellationToken: cancellationToken);
        }
    }

    /// <summary>Lets statements read a table.</summary>
    /// <param name="lake">The lake as the session sees it.</param>
    /// <param name="entry">The table.</param>
    /// <param name="filter">Rows that the next statement needs; null = all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What tells its state from others.</returns>
    public async Task<string> OpenAsync(Lake lake, TableEntry entry, Expression? filter, CancellationToken cancellationToken)
    {
        var table = await entry.LoadAsync(lake, cancellationToken);
        var key = string.Create(CultureInfo.InvariantCulture, $"{table.Metadata.TableUuid} {table.CurrentSnapshot?.SnapshotId} {table.Metadata.CurrentSchemaId} {table.Metadata.Properties.GetValueOrDefault(EngineTypes.Property)} {entry.Stamp} {filter}");
        if (opened.GetValueOrDefault(entry.Identifier.ToString()) == key)
        {
            return key;
        }

        var sql = filter is null ? entry.Relation : null;
        if (sql is null)
        {
            var relation = await sources.RelationAsync(main, lake, table, entry.Files, filter, [], cancellationToken);
            sql = EngineTypes.Shape(table.Metadata, table.Schema, relation.Sql);
            if (filter is null && relation.Inputs.Count == 0)
            {
                entry.Relation = sql;
            }
        }

        await ViewAsync(entry.Identifier, sql, key, cancellationToken);
        return key;
    }

    /// <summary>Lets statements read a Delta table that others write.</summary>
    public async Task<string> OpenAsync(Lake lake, DeltaEntry entry, CancellationToken cancellationToken)
    {
        const string Key = "delta";
        if (opened.GetValueOrDefault(entry.Identifier.ToString()) != Key)
        {
            var version = await sources.DeltaAsync(lake, entry.Identifier, cancellationToken);
            var relation = await version.RelationAsync(main, cancellationToken);
            await ViewAsync(entry.Identifier, $"SELECT * FROM {relation.Sql}", Key, cancellationToken);
        }

        return Key;
    }

    /// <summary>Lets statements read a view, all of whose tables are open.</summary>
    /// <param name="entry">The view.</param>
    /// <param name="text">What it says.</param>
    /// <param name="below">What tells the states of its tables from others.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EngineException">Its query does not bind any more.</exception>
    public async Task<string> OpenAsync(ViewEntry entry, ViewText text, string below, CancellationToken cancellationToken)
    {
        var key = $"{text.DefaultNamespace}\n{text.Sql}\n{below}";
        if (opened.GetValueOrDefault(entry.Identifier.ToString()) == key)
        {
            return key;
        }

        await EnsureSchemaAsync(text.DefaultNamespace, cancellationToken);
        await main.ExecuteAsync($"USE {SqlText.Identifier(catalog, text.DefaultNamespace)}", cancellationToken: cancellationToken);
        try
        {
            var columns = string.Join(", ", text.Columns.Fields.Select(f => SqlText.Identifier(f.Name)));
            await ViewAsync(entry.Identifier, $"SELECT * FROM (\n{text.Sql}\n) AS {SqlText.Identifier(entry.Identifier.Name)}({columns})", key, cancellationToken);
            return key;
        }
        finally
        {
            await main.ExecuteAsync("USE memory", cancellationToken: CancellationToken.None);
        }
    }

    /// <summary>Makes a name mean nothing.</summary>
    public async Task CloseAsync(string ns, string name, CancellationToken cancellationToken)
    {
        if (opened.Remove($"{ns}.{name}"))
        {
            await main.ExecuteAsync($"DROP VIEW IF EXISTS {SqlText.Identifier(catalog, ns, name)}", cancellationToken: cancellationToken);
        }
    }

    /// <summary>The names that mean something.</summary>
    public IReadOnlyList<string> Opened => [.. opened.Keys];

    public void Dispose()
    {
        main.Dispose();
        database.Dispose();
    }

    async Task ViewAsync(TableIdentifier name, string select, string key, CancellationToken cancellationToken)
    {
        await EnsureSchemaAsync(name.Namespace, cancellationToken);
        opened.Remove(name.ToString());
        await main.ExecuteAsync($"CREATE OR REPLACE VIEW {SqlText.Identifier(catalog, name.Namespace, name.Name)} AS {select}", cancellationToken: cancellationToken);
        opened[name.ToString()] = key;
    }
}
